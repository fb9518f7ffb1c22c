// The worker around `shrink`: one picture in, one answer out.
import { shrink, type Asked, type Told } from "./shrink.ts";

self.onmessage = (message: MessageEvent<Asked>) => {
  const tell = (told: Told) => self.postMessage(told);
  shrink(message.data).then(
    (blob) => tell({ ok: true, blob }),
    () => tell({ ok: false }),
  );
};
