import { session } from "@/client/api";
import { problemOf, Unreachable } from "@/client/problem";
import type { AssetKind, AssetRead } from "@/client/schema";
import { signedFetch } from "@/client/signed-fetch";

type OnShare = (share: number) => void;

/** Uploads a file, telling how much of it is on its way. Throws ApiProblem, Unreachable. */
export async function sendFile(kind: AssetKind, file: File, onShare: OnShare): Promise<AssetRead> {
  const body = new FormData();
  body.set("kind", kind);
  body.set("file", file, file.name);
  const address = new URL("/api/assets", location.origin);
  const send = signedFetch(session, (request) => measured(request as Request, onShare));
  const response = await send(new Request(address, { method: "POST", body }));
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as AssetRead;
}

/** Like `fetch`, which does not tell how much it has sent. */
async function measured(request: Request, onShare: OnShare): Promise<Response> {
  const body = await request.blob();
  return new Promise((resolve, reject) => {
    const asked = new XMLHttpRequest();
    asked.open(request.method, request.url);
    request.headers.forEach((value, name) => {
      asked.setRequestHeader(name, value);
    });
    asked.upload.onprogress = ({ loaded, total }) => {
      onShare(total ? loaded / total : 0);
    };
    asked.onerror = () => {
      reject(new Unreachable());
    };
    asked.onload = () => {
      resolve(answerOf(asked));
    };
    asked.send(body);
  });
}

function answerOf(asked: XMLHttpRequest): Response {
  const headers = { "content-type": asked.getResponseHeader("content-type") ?? "" };
  return new Response(asked.responseText, { status: asked.status, headers });
}
