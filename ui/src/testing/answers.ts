const origin = "http://studio.test";

/** Answers for a `fetch` of tests, one after the other; what was asked is kept. */
export function answering(...answers: (() => Response | Promise<Response>)[]) {
  const asked: Request[] = [];
  const fetcher: typeof fetch = async (input, init) => {
    const request = input instanceof Request ? input : new Request(new URL(input, origin), init);
    asked.push(request.clone());
    const answer = answers.shift();
    if (!answer) throw new Error("nobody expected this request");
    return answer();
  };
  return { asked, fetcher };
}

export const json = (body: unknown, status = 200) => Response.json(body, { status });
export const access = (token: string) =>
  json({ access_token: token, token_type: "Bearer", expires_in: 900 });
export const refused = (code: string, status = 401) =>
  json({ code, status, detail: "No." }, status);
