// Looks through a page for what keeps people from using it: the rules of WCAG 2.2 that a program can check. Gives a list
// of findings in words.
const findings = [];
const say = (rule, element) => findings.push(rule + ": " + element.outerHTML.slice(0, 120));
const shown = (element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
const name = (element) =>
  (element.getAttribute("aria-label") || (element.getAttribute("aria-labelledby") || "").split(" ")
    .map((id) => document.getElementById(id)?.textContent || "").join(" ").trim()
    || [...(element.labels || [])].map((label) => label.textContent).join(" ").trim()
    || element.textContent.trim() || element.getAttribute("alt") || "").trim();

// 1.1.1, 1.3.1, 2.4.2, 2.4.6, 3.1.1, 4.1.2
if (!document.documentElement.lang) findings.push("a page has a language");
if (!document.title) findings.push("a page has a title");
if (document.querySelectorAll("h1").length !== 1) findings.push("a page has one main heading");
if (document.querySelectorAll("main").length !== 1) findings.push("a page has one main part");
for (const image of document.querySelectorAll("img:not([alt]), svg[role=img]:not([aria-label])")) say("a picture has words", image);
for (const element of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, [role=img], [role=group], nav, meter"))
  if (shown(element) && !name(element)) say("what can be used has a name", element);
for (const cell of document.querySelectorAll("th:not([scope])")) say("a heading of a table says of what", cell);
let level = 0;
for (const heading of document.querySelectorAll("h1,h2,h3,h4")) {
  const own = Number(heading.tagName[1]);
  if (own > level + 1) say("headings leave out no level", heading);
  level = own;
}
const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
for (const id of ids.filter((id, index) => ids.indexOf(id) !== index)) findings.push("an id is there once: " + id);
for (const element of document.querySelectorAll("[tabindex]")) if (element.tabIndex > 0) say("nothing comes before its turn", element);

// 1.4.3: 4.5 to 1, or 3 to 1 for large text.
const parse = (text) => (text.match(/[\d.]+/g) || []).map(Number);
const over = (top, bottom) => { const a = top[3] ?? 1; return [0, 1, 2].map((i) => top[i] * a + bottom[i] * (1 - a)); };
const background = (element) => {
  const layers = [];
  for (let at = element; at; at = at.parentElement) {
    const color = parse(getComputedStyle(at).backgroundColor);
    if ((color[3] ?? 1) > 0) layers.push(color);
    if ((color[3] ?? 1) === 1) break;
  }
  return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
};
const luminance = (color) => {
  const [r, g, b] = color.map((value) => { const c = value / 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const seen = new Set();
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || seen.has(element) || !shown(element) || element.closest(".hidden, .skip, noscript, script, meter, option")) continue;
  seen.add(element);
  const style = getComputedStyle(element);
  const behind = background(element);
  const [light, dark] = [luminance(over(parse(style.color), behind)), luminance(behind)].sort((a, b) => b - a);
  const ratio = (light + 0.05) / (dark + 0.05);
  const isLarge = parseFloat(style.fontSize) >= 24 || parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700;
  if (ratio < (isLarge ? 3 : 4.5)) say("text stands out, but by " + ratio.toFixed(2), element);
}

// 2.5.8: 24 by 24 pixels, unless it stands in a line of text.
for (const element of document.querySelectorAll("button, select, input:not([type=hidden]), nav a")) {
  const box = element.getBoundingClientRect();
  if (shown(element) && (box.width < 24 || box.height < 24)) say("what is aimed at is large enough", element);
}
// 1.4.10: no scrolling sideways, but for tables in a part of their own.
if (document.documentElement.scrollWidth > innerWidth) findings.push("a page is no wider than the window");
return findings;
