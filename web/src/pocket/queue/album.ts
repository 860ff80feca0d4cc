// The album: a photo is kept before anything else, goes after its check-in, and stays until the hub
// has it.
import { store } from "../store";
import { waitAfter } from "./entry";
import { nextPhoto, outcomeOfPhoto, type Photo } from "./photo";
import { drawn } from "./picture";
import type { Credentials } from "./queue";
import { Sender, type Next } from "./sender";
import type { Shelf } from "./shelf";

const LONGEST_PX = 2_048;
const THUMBNAIL_PX = 192;

export class Album {
  private readonly sender = new Sender("fieldhub.pocket.album", (tries) => this.sendOne(tries));

  constructor(
    private readonly shelf: Shelf,
    private readonly credentials: Credentials,
  ) {}

  start(): () => void {
    return this.sender.start();
  }

  /** There may be something to send. */
  readonly again = (): void => this.sender.soon();

  /** Kept when this returns. Throws when the file is no picture that this browser can read. */
  async add(file: Blob, place: Pick<Photo, "rep" | "customer" | "entry">): Promise<void> {
    const [picture, thumbnail] = await Promise.all([
      drawn(file, LONGEST_PX),
      drawn(file, THUMBNAIL_PX),
    ]);
    const id = crypto.randomUUID();
    const takenAt = new Date().toISOString();
    await this.keep({ ...place, id, takenAt, picture, thumbnail, state: "WAITING", code: null });
    this.again();
  }

  /** For one that has not been sent. */
  async remove(photo: Photo): Promise<void> {
    await (await store()).delete("photos", photo.id);
    await this.shelf.changed();
  }

  private async keep(photo: Photo): Promise<void> {
    await (await store()).put("photos", photo);
    await this.shelf.changed();
  }

  private async sendOne(tries: number): Promise<Next> {
    const database = await store();
    const [photos, entries] = [await database.getAll("photos"), await database.getAll("entries")];
    const photo = nextPhoto(photos, entries);
    if (!photo?.entry || !photo.picture) return "nothing";
    const credential = await this.credentials.of(photo.rep).catch(() => null);
    const place = `/v1/check-ins/${photo.entry}/photos/${photo.id}`;
    const answer =
      credential === null ? null : await put(place, credential, photo.picture).catch(() => null);
    if (!answer) return { waitMs: waitAfter(tries) };
    const outcome = outcomeOfPhoto(answer.status, answer.retryAfter, answer.body, tries);
    switch (outcome.next) {
      case "sent":
        await this.keep({ ...photo, picture: null, state: "SENT" });
        return "more";
      case "refused":
        await this.keep({ ...photo, state: "REFUSED", code: outcome.code });
        return "more";
      case "enrol":
        await this.credentials.forget(photo.rep);
        return { waitMs: waitAfter(tries) };
      case "wait":
        return { waitMs: outcome.ms };
    }
  }
}

async function put(place: string, credential: string, picture: Blob) {
  const response = await fetch(place, {
    method: "PUT",
    headers: { "Content-Type": picture.type, Authorization: `Bearer ${credential}` },
    body: picture,
  });
  const body: unknown = await response.json().catch(() => null);
  return { status: response.status, retryAfter: response.headers.get("Retry-After"), body };
}
