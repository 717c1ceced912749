/**
 * Files that one holder at a time has locked. The operating system keeps the lock and frees it when the holder ends,
 * however it ends: kill -9, a crash, no memory. Nothing has to guess from a process id, which means little between
 * containers and is used again.
 */

/**
 * Opens `path`, making it if it is not there, and locks it; null while somebody else holds it (another process, or
 * another call of this one). Close the file to let go. Throws as `Deno.open` and `Deno.FsFile.tryLock`.
 */
export async function openLocked(path: string): Promise<Deno.FsFile | null> {
  for (;;) {
    const file = await Deno.open(path, { read: true, write: true, create: true });
    let mine = false;
    try {
      if (!await file.tryLock(true)) return null;
      // Its last holder may have removed it between the two lines above; then somebody else can lock a new one.
      mine = await stillAt(path, file);
      if (mine) return file;
    } finally {
      if (!mine) file.close();
    }
  }
}

async function stillAt(path: string, file: Deno.FsFile): Promise<boolean> {
  try {
    const [there, here] = [await Deno.stat(path), await file.stat()];
    return there.ino === here.ino && there.dev === here.dev;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
