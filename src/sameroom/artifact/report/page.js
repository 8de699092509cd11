"use strict";
for (const figure of document.querySelectorAll("figure")) {
  const map = figure.querySelector(".map");
  const said = figure.querySelector(".said");
  const trail = figure.querySelector(".trail");
  const hint = said.textContent;
  let path = [];

  const holder = (node) => (node ? node.querySelector(":scope > .in") : map);
  const children = (node) => [...(holder(node)?.children ?? [])];
  const current = () => path[path.length - 1];
  const tell = (node) => { said.textContent = node ? node.dataset.d : hint; };

  function show(next, focus) {
    for (const node of path) node.classList.remove("open");
    for (const inner of [map, ...map.querySelectorAll(".zoomed")]) inner.classList.remove("zoomed");
    for (const node of map.querySelectorAll("[tabindex]")) node.removeAttribute("tabindex");
    path = next;
    let around = map;
    for (const node of path) {
      around.classList.add("zoomed");
      node.classList.add("open");
      around = holder(node);
      around.removeAttribute("aria-hidden");
    }
    const inside = children(current());
    for (const node of inside) node.tabIndex = 0;
    trail.replaceChildren(...[null, ...path].map((node, depth) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = node ? node.querySelector(".t b").textContent : map.dataset.root;
      button.disabled = depth === path.length;
      button.addEventListener("click", () => show(path.slice(0, depth), true));
      return button;
    }));
    tell(current());
    if (focus) (focus === true ? inside[0] : focus)?.focus();
  }

  const into = (node, focus) => {
    if (node && holder(node)) show([...path, node], focus);
  };
  const out = () => {
    if (path.length) show(path.slice(0, -1), current());
  };

  map.addEventListener("click", (event) => {
    const here = children(current());
    into(here.find((node) => node.contains(event.target)), false);
  });
  map.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (children(current()).includes(event.target)) into(event.target, true);
    } else if (event.key === "Escape" || event.key === "Backspace") {
      event.preventDefault();
      out();
    }
  });
  map.addEventListener("mouseover", (event) => tell(event.target.closest(".n") ?? current()));
  map.addEventListener("mouseleave", () => tell(current()));
  map.addEventListener("focusin", (event) => tell(event.target.closest(".n")));
  show([], false);
}
