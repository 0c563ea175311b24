{% load static %}/* Pages, tries and pictures always come from the network, so no day is ever shown twice. Kept are
   style sheets and scripts whose names hold a hash, and one page for when there is no network. */
const CACHE = "sixpix-{{ version }}";
const OFFLINE = "{% url 'offline' %}";
const LOOKS = ["{% static 'css/site.css' %}", "{% static 'img/icon.svg' %}"];
const STATIC = "{% get_static_prefix %}";
const HASHED = /\.[0-9a-f]{12}\.\w+$/;

self.addEventListener("install", (event) => {
  const fresh = [OFFLINE, ...LOOKS].map((url) => new Request(url, { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  const isOld = (name) => name.startsWith("sixpix-") && name !== CACHE;
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name)))),
  );
});

/* A full or forbidden storage keeps nothing, and must take nothing either. */
async function kept(event) {
  const { request } = event;
  const cache = await caches.open(CACHE).catch(() => null);
  const found = await cache?.match(request).catch(() => null);
  if (found) return found;
  const response = await fetch(request);
  if (response.ok && cache) {
    event.waitUntil(cache.put(request, response.clone()).catch(() => {}));
  }
  return response;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  } else if (pathname.startsWith(STATIC) && HASHED.test(pathname)) {
    event.respondWith(kept(event));
  } else if (LOOKS.includes(pathname)) {
    event.respondWith(fetch(request).catch(() => caches.match(request)));
  }
});
