/** An SVG as a PNG, as large as every browser can draw it. */

const SCALE = 2;
const LONGEST_SIDE = 8192;
/** The least that browsers allow a canvas: iOS. */
const MOST_PIXELS = 16_777_216;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** How many pixels a picture becomes: twice its size, or what fits. */
export function pixels({ width, height }: Size): Size {
  const most = Math.min(SCALE, LONGEST_SIDE / width, LONGEST_SIDE / height, Math.sqrt(MOST_PIXELS / (width * height)));
  return { width: Math.max(1, Math.floor(width * most)), height: Math.max(1, Math.floor(height * most)) };
}

/** The size an SVG of pictureSvg.ts says it has. */
export function sizeOf(svg: string): Size {
  const said = (name: string) => Number(new RegExp(`<svg[^>]* ${name}="([\\d.]+)"`).exec(svg)?.[1] ?? 1);
  return { width: said("width"), height: said("height") };
}

/** Throws an Error, a sentence, where the browser cannot draw it. */
export async function png(svg: string): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    return await painted(image, pixels(sizeOf(svg)));
  } catch {
    throw new Error("this browser cannot draw the picture as PNG; save it as SVG instead");
  } finally {
    URL.revokeObjectURL(url);
  }
}

function painted(image: HTMLImageElement, { width, height }: Size): Promise<Blob> {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  canvas.getContext("2d")?.drawImage(image, 0, 0, width, height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
  });
}
