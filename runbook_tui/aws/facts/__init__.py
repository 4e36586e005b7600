"""One module a service: raw answers in, frozen readings out. Nothing past it sees a raw dict."""
