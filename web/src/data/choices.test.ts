import { describe, expect, it } from "vitest";
import { FRESH, options, pickedUp, problems } from "./choices.js";

const file = (size: number) => ({ size }) as File;

describe("choices for a file", () => {
  it("take the kind from the file's name, and its name", () => {
    expect(pickedUp(FRESH, "plants.v2.CSV")).toMatchObject({ kind: "CSV", name: "plants.v2" });
    expect(pickedUp(FRESH, "cats & dogs.zip")).toMatchObject({ kind: "IMAGE_FOLDERS", name: "cats & dogs" });
    expect(pickedUp(FRESH, `${"x".repeat(300)}.zip`).name).toHaveLength(100);
  });

  it("become the options of their kind alone", () => {
    expect(options({ ...FRESH, skip: "2.5", size: "32", channels: 3 })).toEqual({
      skipPerMille: 25,
      images: { height: 32, width: 32, channels: 3, fit: "PAD" },
    });
    expect(options({ ...FRESH, kind: "CSV", target: " kind " })).toEqual({
      skipPerMille: 0,
      table: { target: "kind", delimiter: "", columns: [], missing: "FAIL", categories: "ONE_HOT", keepScale: false },
    });
    expect(options(FRESH).images).toMatchObject({ height: 0, width: 0 });
  });

  it("say what is wrong with them", () => {
    const none = { file: null, name: null, skip: null, size: null, split: null };
    expect(problems({ ...FRESH, name: "x" }, file(1))).toEqual(none);
    expect(problems(FRESH, null).name).toBe("Give the data a name.");
    expect(problems(FRESH, file(0)).file).toBe("The file is empty.");
    expect(problems(FRESH, file(3 * 1024 ** 3)).file).toContain("larger than 2 GiB");
    for (const skip of ["", "101", "-1", "x"]) expect(problems({ ...FRESH, skip }, null).skip).not.toBeNull();
    for (const size of ["0", "513", "a"]) expect(problems({ ...FRESH, size }, null).size).not.toBeNull();
  });
});
