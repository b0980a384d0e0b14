import { api, call, session } from "@/client/api";
import { ApiProblem, problemOf, Unreachable } from "@/client/problem";
import type { AssetKind, AssetRead, UploadOffer } from "@/client/schema";
import { sha256 } from "@/client/sha256";
import { signedFetch } from "@/client/signed-fetch";

type OnShare = (share: number) => void;

/** The API takes no larger form; the storage itself takes larger files. */
const FORM_BYTES = 24_000_000;

/** Uploads a file, telling how much of it is on its way. Throws ApiProblem, Unreachable. */
export async function sendFile(kind: AssetKind, file: File, onShare: OnShare): Promise<AssetRead> {
  const large = file.size > FORM_BYTES;
  return large ? sendToStorage(kind, file, onShare) : sendForm(kind, file, onShare);
}

async function sendForm(kind: AssetKind, file: File, onShare: OnShare): Promise<AssetRead> {
  const body = new FormData();
  body.set("kind", kind);
  body.set("file", file, file.name);
  const response = await postForm("/api/assets", body, onShare);
  return (await response.json()) as AssetRead;
}

/** A form to the API, telling how much of it is on its way. Throws ApiProblem, Unreachable. */
export async function postForm(path: string, body: FormData, onShare: OnShare): Promise<Response> {
  const address = new URL(path, location.origin);
  const send = signedFetch(session, (request) => measured(request as Request, onShare));
  const response = await send(new Request(address, { method: "POST", body }));
  if (!response.ok) throw await problemOf(response);
  return response;
}

/** Announces the file, sends it straight to the storage, and has it checked there. */
async function sendToStorage(kind: AssetKind, file: File, onShare: OnShare): Promise<AssetRead> {
  const offer = await announce(kind, file);
  const { address, headers } = offer.upload;
  // how long it is, the browser says by itself
  const told = Object.entries(headers).filter(([name]) => name.toLowerCase() !== "content-length");
  const request = new Request(address, { method: "PUT", headers: told, body: file });
  const response = await measured(request, onShare);
  if (!response.ok) throw new ApiProblem(response.status, {});
  const path = { asset_id: offer.asset.id };
  const asset = await call(api.POST("/api/assets/{asset_id}/confirm", { params: { path } }));
  if (asset.status !== "failed") return asset;
  // a form that is refused leaves nothing behind either
  await call(api.DELETE("/api/assets/{asset_id}", { params: { path } }));
  throw new ApiProblem(422, {
    code: asset.error_code ?? undefined,
    detail: asset.error_detail ?? undefined,
  });
}

async function announce(kind: AssetKind, file: File): Promise<UploadOffer> {
  const { name: filename, type: content_type, size } = file;
  const body = { kind, filename, content_type, size, sha256: await sha256(file) };
  return call(api.POST("/api/assets/uploads", { body }));
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
