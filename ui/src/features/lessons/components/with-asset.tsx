import { useAsset } from "@/client/assets";
import { ButtonLink } from "@/components/button";
import { TextLink } from "@/components/link";
import { paths } from "@/paths";
import { text } from "@/text";

const words = text.lessons;

/** Above a list that shows what uses one file of the library: which. */
export function WithAsset({ id }: { id: string }) {
  const { data: asset, error } = useAsset(id);
  if (!asset && !error) return null;
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 rounded bg-sunk px-5 py-4">
      {asset ? (
        <TextLink href={paths.asset(id)}>{words.withAsset(asset.name)}</TextLink>
      ) : (
        <p>{words.withGone}</p>
      )}
      <ButtonLink href={paths.lessons}>{words.leaveBatch}</ButtonLink>
    </div>
  );
}
