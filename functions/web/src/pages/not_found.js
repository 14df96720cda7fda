// 404: nginx shows it for an address that no page has.
import { refreshSession, setTitle, startShell } from "../lib/shell.js";
import { message, onLanguage } from "../lib/text.js";

startShell();
const title = () => setTitle(message("notFound.title"));
title();
onLanguage(title);
refreshSession();
