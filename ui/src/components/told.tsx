/** What the API says: names of commands and settings stand between backticks. */
export function Told({ children }: { children: string }) {
  return children.split("`").map((part, at) =>
    at % 2 === 1 ? (
      <code key={at} className="font-mono text-small break-words">
        {part}
      </code>
    ) : (
      <span key={at}>{part}</span>
    ),
  );
}
