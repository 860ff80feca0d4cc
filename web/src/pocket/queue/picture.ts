// A camera's picture drawn anew: upright, small enough to send, and without what the camera wrote
// beside it.
import { fitted } from "./photo";

const QUALITY = 0.85;

/** As JPEG, its longer side at most `longest` pixels. Throws on what is no picture. */
export async function drawn(file: Blob, longest: number): Promise<Blob> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const [width, height] = fitted(picture.width, picture.height, longest);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  canvas.getContext("2d")?.drawImage(picture, 0, 0, width, height);
  picture.close();
  return new Promise((resolve, reject) => {
    const done = (blob: Blob | null) => (blob ? resolve(blob) : reject(new Error("no picture")));
    canvas.toBlob(done, "image/jpeg", QUALITY);
  });
}
