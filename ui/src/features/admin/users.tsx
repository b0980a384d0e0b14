import { Link } from "react-router";
import type { UserState } from "@/client/schema";
import { Button } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { Search } from "@/components/search";
import { Section } from "@/components/section";
import { Select } from "@/components/select";
import { useWanted } from "@/components/use-wanted";
import { Waiting } from "@/components/waiting";
import { useUsers } from "@/features/admin/api/users";
import { addressOf, wantedIn, type Wanted } from "@/features/admin/wanted";
import { paths } from "@/paths";
import { day, DOT } from "@/text/format";
import { admin } from "@/text/admin";

const words = admin.users;

/** Everybody with an account. What is shown stands in the address. */
export function Component() {
  const [wanted, change] = useWanted(wantedIn, addressOf);
  return (
    <Section title={words.title} lead={words.lead}>
      <Filters wanted={wanted} change={change} />
      <List wanted={wanted} />
    </Section>
  );
}

function Filters({
  wanted,
  change,
}: {
  wanted: Wanted;
  change: (change: Partial<Wanted>) => void;
}) {
  return (
    <Search
      label={words.search}
      q={wanted.q}
      onSearch={(q) => {
        change({ q });
      }}
    >
      <Select
        label={words.role}
        options={words.roles}
        value={wanted.role}
        onChange={(role) => {
          change({ role });
        }}
      />
      <Select
        label={words.state}
        options={words.states}
        value={wanted.state}
        onChange={(state) => {
          change({ state });
        }}
      />
    </Search>
  );
}

function List({ wanted }: { wanted: Wanted }) {
  const users = useUsers(wanted);
  if (users.isPending) return <Waiting />;
  const found = users.data?.pages.flatMap(({ items }) => items);
  return (
    <>
      <ProblemNotice error={users.error} again={users.refetch} />
      <p role="status" className="text-small text-muted">
        {words.count(users.data?.pages[0]?.total ?? 0)}
      </p>
      {found?.length === 0 && <p className="text-muted">{words.none}</p>}
      <ul className="divide-y divide-line border-y border-line empty:hidden">
        {found?.map((user) => (
          <Row key={user.id} user={user} />
        ))}
      </ul>
      {users.hasNextPage && (
        <Button className="self-start" onPress={() => void users.fetchNextPage()}>
          {words.more}
        </Button>
      )}
    </>
  );
}

function Row({ user }: { user: UserState }) {
  return (
    <li className="grid items-baseline gap-x-6 gap-y-0.5 py-3 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.5fr)_minmax(20rem,1fr)]">
      <h3 className="font-sans font-semibold break-words">
        <Link to={paths.adminUser(user.id)} className="rounded-small hover:text-accent">
          {user.username}
        </Link>
      </h3>
      <p className="text-small wrap-anywhere text-muted">{user.email}</p>
      <p className="text-small text-muted lg:text-right">
        {user.disabled_at && (
          <>
            <span className="text-bad">{words.disabled}</span>
            {DOT}
          </>
        )}
        {[words.roles[user.role], words.since(day(user.created_at))].join(DOT)}
      </p>
    </li>
  );
}
