/** Has the browser save a file under a name, as a link would that could not be signed. */
export function saveFile(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // once the browser has taken it
  setTimeout(() => {
    URL.revokeObjectURL(address);
  }, 60_000);
}
