"""A script that measures the contrast of every text in an element, for a real browser."""

CONTRAST = """root => {
  const pen = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
  const rgba = colour => {
    pen.clearRect(0, 0, 1, 1); pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below, alpha) => [0, 1, 2].map(at => top[at] * alpha + below[at] * (1 - alpha));
  const ancestors = element => element ? [...ancestors(element.parentElement), element] : [];
  const behind = element => ancestors(element).reduce((below, each) => {
    const colour = rgba(getComputedStyle(each).backgroundColor);
    return over(colour, below, colour[3]);
  }, [255, 255, 255]);
  const linear = value => value <= 0.04045 * 255 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const found = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement, range = document.createRange();
    range.selectNodeContents(node);
    const drawn = [...range.getClientRects()].some(box => box.width > 1 && box.height > 1);
    if (!node.data.trim() || !drawn || element.closest("video, style")) continue;
    const style = getComputedStyle(element), background = behind(element), ink = rgba(style.color);
    const opacity = ancestors(element).reduce((all, each) => all * Number(getComputedStyle(each).opacity), ink[3]);
    const [light, dark] = [luminance(over(ink, background, opacity)), luminance(background)].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize), bold = Number(style.fontWeight) >= 700;
    const needed = size >= 24 || (bold && size >= 18.66) ? 3 : 4.5;
    found.push({text: node.data.trim().slice(0, 40), ratio: (light + 0.05) / (dark + 0.05), needed});
  }
  return found;
}"""
"""A JavaScript function: from an element to a list of `{text, ratio, needed}`, as WCAG 2 AA defines them."""
