// Short notes at the lower edge; each can be dismissed, some can be undone.
import { t } from "../i18n/text.ts";
import { dismiss, toasts } from "../state/toast.ts";
import { Icon } from "./icon.tsx";

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((one) => (
        <div key={one.id} class={`toast${one.bad ? " bad" : ""}`} data-test="toast">
          <span>{one.text}</span>
          {one.action === undefined ? null : (
            <button
              type="button"
              class="button small"
              data-test="toast-action"
              onClick={() => {
                dismiss(one.id);
                one.action?.run();
              }}
            >
              {one.action.label}
            </button>
          )}
          <button type="button" class="icon-button" aria-label={t("dismiss")} title={t("dismiss")} onClick={() => dismiss(one.id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
