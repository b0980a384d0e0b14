import { Link } from "react-router";
import { useUser } from "@/features/admin/api/users";
import { paths } from "@/paths";

/** By name, once that is known; an account that is no more has none. */
export function Actor({ id }: { id: string }) {
  const { data } = useUser(id);
  return (
    <Link to={paths.adminUser(id)} className="rounded-small underline underline-offset-3">
      {data?.username ?? id}
    </Link>
  );
}
