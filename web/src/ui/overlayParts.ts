/** All that is loaded with the first touch of a page; see overlays.ts. */

export { DialogCard } from "./dialogCard.js";
export { MenuList } from "./menuList.js";
export { NoticeList } from "./noticeList.js";
