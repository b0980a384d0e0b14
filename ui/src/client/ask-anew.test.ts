import { InfiniteQueryObserver, QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { askAnew } from "@/client/ask-anew";

const LIST = ["jobs", "list"];

/** A list whose pages come when they are let through, and what it was asked for. */
function slowList(queries: QueryClient) {
  const asked: number[] = [];
  const held: (() => void)[] = [];
  const list = new InfiniteQueryObserver(queries, {
    queryKey: LIST,
    queryFn: ({ pageParam }) => {
      asked.push(pageParam);
      return new Promise<string>((resolve) => {
        held.push(() => {
          resolve(`page ${pageParam}`);
        });
      });
    },
    initialPageParam: 1,
    getNextPageParam: (_, pages) => pages.length + 1,
  });
  const pages = () => list.getCurrentResult().data?.pages;
  const letThrough = async (count: number) => {
    for (let at = 0; at < count; at += 1) {
      await expect.poll(() => held.length).toBeGreaterThan(0);
      held.shift()?.();
    }
  };
  return { list, asked, pages, letThrough };
}

test("A list that is asked for anew has the further page that was on its way", async () => {
  const queries = new QueryClient();
  const { list, asked, pages, letThrough } = slowList(queries);
  const leave = list.subscribe(() => undefined);
  await letThrough(1);
  await expect.poll(pages).toEqual(["page 1"]);

  void list.fetchNextPage();
  await expect.poll(() => asked).toEqual([1, 2]);
  const anew = askAnew(queries, ["jobs"]);
  await letThrough(3);
  await anew;
  expect(asked).toEqual([1, 2, 1, 2]);
  expect(pages()).toEqual(["page 1", "page 2"]);
  leave();
});

test("A list of which no more is on its way is asked for anew at once", async () => {
  const queries = new QueryClient();
  const { list, asked, pages, letThrough } = slowList(queries);
  const leave = list.subscribe(() => undefined);
  await letThrough(1);
  await expect.poll(pages).toEqual(["page 1"]);

  const anew = askAnew(queries, LIST);
  await letThrough(1);
  await anew;
  expect(asked).toEqual([1, 1]);
  leave();
});
