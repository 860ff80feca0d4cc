// What this browser keeps: check-ins and photos on their way, its own credential, what was last seen.
import { openDB, type DBSchema, type IDBPDatabase } from "idb";

import type { Entry } from "./queue/entry";
import type { Photo } from "./queue/photo";

interface PocketSchema extends DBSchema {
  entries: { key: string; value: Entry };
  kept: { key: string; value: unknown };
  photos: { key: string; value: Photo };
}

type Store = IDBPDatabase<PocketSchema>;

let opening: Promise<Store> | null = null;

export function store(): Promise<Store> {
  opening ??= openDB<PocketSchema>("fieldhub-pocket", 2, {
    upgrade(database, before) {
      if (before < 1) {
        database.createObjectStore("entries", { keyPath: "id" });
        database.createObjectStore("kept");
      }
      database.createObjectStore("photos", { keyPath: "id" });
    },
    // Another tab has a newer page: it opens the store once this one lets go.
    blocking(_current, _other, event) {
      opening = null;
      (event.target as IDBDatabase).close();
    },
  });
  return opening;
}

export async function keep(key: string, value: unknown): Promise<void> {
  await (await store()).put("kept", value, key);
}

export async function kept<Value>(key: string): Promise<Value | undefined> {
  return (await (await store()).get("kept", key)) as Value | undefined;
}
