// The search shows an excerpt of each page that it finds. It fetches the pages for that, which a browser refuses to a site that
// is opened from disk; there, the list of pages is all.
DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = location.protocol !== "file:";
