/**
 * The part of Stripe.js that a card form needs, against this local Stripe (https://docs.stripe.com/js): Stripe(key),
 * elements({clientSecret}), create('payment'), mount, submit, confirmPayment, confirmSetup, handleNextAction,
 * retrievePaymentIntent, retrieveSetupIntent. Cards are Stripe's test numbers; 3D Secure is this server's own page. Nothing is put into the
 * page as markup, so that a strict content security policy allows it.
 */
(() => {
  const BASE = new URL(document.currentScript.src).origin;
  const CARDS = {
    "4242424242424242": "pm_card_visa",
    "5555555555554444": "pm_card_mastercard",
    "378282246310005": "pm_card_amex",
    "4000000000003220": "pm_card_threeDSecure2Required",
    "4000002760003184": "pm_card_authenticationRequired",
    "4000000000000002": "pm_card_chargeDeclined",
    "4000000000009995": "pm_card_chargeDeclinedInsufficientFunds",
  };
  const DIGITS = 16;
  const LOOK = `
    label { display: grid; gap: 0.3rem; font-size: 13.5px; font-weight: 600 }
    input { font: inherit; font-size: 16px; font-weight: 400; width: 100%; box-sizing: border-box; min-height: 44px;
      padding: 0.5rem 0.75rem; border: 1px solid currentColor; border-color: color-mix(in srgb, currentColor 25%, transparent);
      border-radius: var(--card-radius, 8px); color: inherit; background: transparent; letter-spacing: 0.04em }
    small { font-weight: 400; opacity: 0.75 }`;

  const kindOf = (secret) => (secret.startsWith("seti_") ? "setup" : "payment");
  const idOf = (secret) => secret.split("_secret_")[0];

  window.Stripe = (key) => {
    async function api(method, path, values) {
      const query = new URLSearchParams(values);
      const answer = await fetch(`${BASE}${path}${method === "GET" ? `?${query}` : ""}`, {
        method,
        headers: { Authorization: `Bearer ${key}` },
        body: method === "POST" ? query : undefined,
      });
      const body = await answer.json();
      return answer.ok ? { body } : { error: body.error };
    }

    async function confirm({ elements, clientSecret, confirmParams = {}, redirect = "always" }) {
      const secret = clientSecret ?? elements.clientSecret;
      const kind = kindOf(secret);
      const method = confirmParams.payment_method ?? CARDS[elements?.number.replaceAll(" ", "")];
      if (!method) return { error: { type: "validation_error", code: "incomplete_number", message: "Your card number is incomplete." } };
      const sent = { client_secret: secret, payment_method: method };
      if (confirmParams.return_url) sent.return_url = confirmParams.return_url;
      const { body, error } = await api("POST", `/v1/${kind}_intents/${idOf(secret)}/confirm`, sent);
      if (error) return { error };
      const next = body.next_action?.redirect_to_url?.url ?? body.next_action?.use_stripe_sdk?.stripe_js;
      if (next) return leave(next);
      if (redirect === "always" && confirmParams.return_url) {
        const back = new URL(confirmParams.return_url);
        back.searchParams.set(`${kind}_intent`, body.id);
        back.searchParams.set("redirect_status", "succeeded");
        return leave(back);
      }
      return { [`${kind}Intent`]: body };
    }

    /** The browser goes elsewhere: nobody waits for an answer any more. */
    function leave(address) {
      location.assign(address);
      return new Promise(() => {});
    }

    async function retrieve(secret) {
      const kind = kindOf(secret);
      const { body, error } = await api("GET", `/v1/${kind}_intents/${idOf(secret)}`, { client_secret: secret });
      return error ? { error } : { [`${kind}Intent`]: body };
    }

    /** What a confirmation at the server has left to do, with its own card; the challenge's page leads back here. */
    async function handleNextAction({ clientSecret }) {
      const kind = kindOf(clientSecret);
      const { error, ...found } = await retrieve(clientSecret);
      if (error) return { error };
      const intent = found[`${kind}Intent`];
      if (intent.status !== "requires_action") {
        return { error: { type: "invalid_request_error", code: "intent_unexpected_state", message: `The intent has status ${intent.status}: nothing is left to do.` } };
      }
      const { redirect_to_url: redirect, use_stripe_sdk: sdk } = intent.next_action;
      if (redirect) return leave(redirect.url);
      const page = new URL(sdk.stripe_js);
      page.searchParams.set("return_url", location.href);
      return leave(page);
    }

    return {
      elements: (options) => elementsOf(options.clientSecret, options.appearance),
      confirmPayment: confirm,
      confirmSetup: confirm,
      handleNextAction,
      retrievePaymentIntent: retrieve,
      retrieveSetupIntent: retrieve,
    };
  };

  function elementsOf(clientSecret, appearance) {
    const group = { clientSecret, number: "", submit, getElement: () => element, update() {} };
    const listeners = {};
    const element = {
      mount,
      unmount() {},
      destroy() {},
      update() {},
      on(event, listener) {
        listeners[event] = listener;
        return element;
      },
    };
    group.create = () => element;
    return group;

    async function submit() {
      const isWhole = group.number.replaceAll(" ", "") in CARDS;
      return isWhole ? {} : { error: { type: "validation_error", code: "incomplete_number", message: "That is none of the local Stripe's test cards." } };
    }

    function mount(where) {
      const place = typeof where === "string" ? document.querySelector(where) : where;
      const root = place.shadowRoot ?? place.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(LOOK);
      root.adoptedStyleSheets = [sheet];
      if (appearance?.variables?.borderRadius) place.style.setProperty("--card-radius", appearance.variables.borderRadius);
      const label = document.createElement("label");
      const input = document.createElement("input");
      const hint = document.createElement("small");
      label.textContent = "Card number";
      hint.textContent = "Test cards: 4242 4242 4242 4242 pays, 4000 0000 0000 3220 asks for 3D Secure, 4000 0000 0000 0002 is declined.";
      Object.assign(input, { inputMode: "numeric", autocomplete: "cc-number", value: "4242 4242 4242 4242", maxLength: DIGITS + 7 });
      label.append(input, hint);
      root.replaceChildren(label);
      const tell = () => {
        group.number = input.value;
        const digits = input.value.replaceAll(" ", "");
        listeners.change?.({ complete: digits in CARDS, empty: !digits, value: { type: "card" } });
      };
      input.addEventListener("input", tell);
      tell();
      setTimeout(() => listeners.ready?.());
    }
  }
})();
