// Sends the form as JSON, and says what is wrong beside the fields. Without this script the form works as forms do.
(() => {
  "use strict";
  const form = document.getElementById("contact");
  const summary = document.getElementById("summary");
  const thanks = document.getElementById("thanks");
  if (!form || !window.fetch) return;
  const button = form.querySelector("button[type=submit]");
  const token = form.elements.form_token;
  const NETWORK = "Nothing was sent: we could not be reached. What you wrote is still here; please try again.";
  const STRANGE = "Something went wrong on our side. What you wrote is still here; please try again in a moment.";

  form.noValidate = true;
  // One token for one filling-in: the same enquiry, sent twice, is stored once.
  if (!token.value) token.value = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  const label = (name) => form.querySelector(`label[for="${name}"]`).firstChild.textContent.trim();

  const fields = () => [...form.querySelectorAll("[aria-describedby]")];

  function show(said, faults) {
    summary.querySelector("p").textContent = said;
    const list = summary.querySelector("ul");
    list.replaceChildren();
    for (const field of fields()) {
      const fault = faults[field.name] || "";
      document.getElementById(`${field.name}-fault`).textContent = fault;
      if (!fault) {
        field.removeAttribute("aria-invalid");
        continue;
      }
      field.setAttribute("aria-invalid", "true");
      const link = document.createElement("a");
      link.href = `#${field.name}`;
      link.textContent = label(field.name);
      const item = document.createElement("li");
      item.append(link, `: ${fault}`);
      list.append(item);
    }
    summary.hidden = !said;
    if (said) summary.focus();
  }

  // A link of the summary leads into its field.
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    event.preventDefault();
    document.getElementById(link.hash.slice(1)).focus();
  });

  async function send() {
    const body = Object.fromEntries(new FormData(form));
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      credentials: "omit",
      body: JSON.stringify(body),
    });
    const said = await answer.json().catch(() => ({ message: STRANGE }));
    if (answer.ok) {
      form.reset();
      form.hidden = true;
      show("", {});
      thanks.hidden = false;
      thanks.focus();
      return;
    }
    const faults = said.errors || {};
    const some = Object.keys(faults).length > 0;
    show(some ? "Your enquiry is not sent yet. Please look at the fields below." : said.message || STRANGE, faults);
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    try {
      await send();
    } catch {
      show(NETWORK, {});
    } finally {
      button.disabled = false;
    }
  });
})();
