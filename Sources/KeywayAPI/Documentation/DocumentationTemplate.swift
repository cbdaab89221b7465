import Mustache

/// The looks of the ``DocumentationPage``.
enum DocumentationTemplate {
    /// Fills the page in.
    static func render(_ page: DocumentationPage) -> String {
        guard let html = library.render(page, withTemplate: pageName) else {
            preconditionFailure("the library has no template \(pageName)")
        }
        return html
    }

    private static let pageName = "page"

    private static let library: MustacheLibrary = {
        let texts = [pageName: page, "contents": contents, "endpoint": endpoint, "prose": prose, "type": type]
        do {
            return MustacheLibrary(templates: try texts.mapValues { try MustacheTemplate(string: $0) })
        } catch {
            preconditionFailure("a template cannot be read: \(error)")
        }
    }()

    // MARK: Templates

    private static let page = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Keyway API</title>
        <style>{{{style}}}</style>
        </head>
        <body>
        {{> contents}}
        <main id="top">
        <h1>Keyway API <small>{{version}}</small></h1>
        <p>{{#introduction}}{{> prose}}{{/introduction}}</p>
        <p>This server is at <code>{{baseURL}}</code>. The same description for programs is
        <a href="{{baseURL}}/openapi.json">openapi.json</a>, in the words of OpenAPI 3.1.</p>
        {{#sections}}
        <section id="{{anchor}}">
        <h2>{{title}}</h2>
        {{#paragraphs}}
        <p>{{> prose}}</p>
        {{/paragraphs}}
        {{#listsCredentials}}
        <dl>
        {{#credentials}}
        <dt>{{title}}</dt>
        {{#ways}}
        <dd>{{#.}}<p><code>{{header}}</code> {{#meaning}}{{> prose}}{{/meaning}}</p>{{/.}}</dd>
        {{/ways}}
        {{/credentials}}
        </dl>
        {{/listsCredentials}}
        {{#listsRefusals}}
        <table>
        <thead><tr><th>Status</th><th>Meaning</th></tr></thead>
        <tbody>
        {{#refusals}}
        <tr><td>{{status}}</td><td>{{#meaning}}{{> prose}}{{/meaning}}</td></tr>
        {{/refusals}}
        </tbody>
        </table>
        {{/listsRefusals}}
        </section>
        {{/sections}}
        {{#nouns}}
        <section id="noun-{{name}}">
        <h2>{{name}}</h2>
        {{#endpoints}}
        {{> endpoint}}
        {{/endpoints}}
        </section>
        {{/nouns}}
        <section id="objects">
        <h2>Objects</h2>
        <p>Clients must expect further keys.</p>
        {{#objects}}
        <article id="object-{{name}}">
        <h3><code>{{name}}</code></h3>
        <p>{{#meaning}}{{> prose}}{{/meaning}}</p>
        <table>
        <thead><tr><th>Key</th><th>Type</th><th>Meaning</th></tr></thead>
        <tbody>
        {{#keys}}
        <tr><td><code>{{name}}</code>{{^isRequired}} <small>sometimes</small>{{/isRequired}}</td>\
        <td>{{#type}}{{> type}}{{/type}}</td><td>{{#meaning}}{{> prose}}{{/meaning}}</td></tr>
        {{/keys}}
        </tbody>
        </table>
        </article>
        {{/objects}}
        </section>
        </main>
        </body>
        </html>

        """

    private static let contents = """
        <nav aria-label="Contents">
        <p><a href="#top">Keyway API</a></p>
        <ul>
        {{#sections}}
        <li><a href="#{{anchor}}">{{title}}</a></li>
        {{/sections}}
        </ul>
        <ul>
        {{#nouns}}
        <li><a href="#noun-{{name}}">{{name}}</a>
        <ul>
        {{#endpoints}}
        <li><a href="#{{anchor}}">{{rest}}{{^rest}}{{path}}{{/rest}}</a></li>
        {{/endpoints}}
        </ul>
        </li>
        {{/nouns}}
        <li><a href="#objects">Objects</a></li>
        </ul>
        </nav>
        """

    private static let endpoint = """
        <article id="{{anchor}}">
        <h3>{{#methods}}<span class="method">{{.}}</span> {{/methods}}<code>{{path}}</code></h3>
        <p>{{#summary}}{{> prose}}{{/summary}}</p>
        <p><strong>Credentials</strong> {{credentials}}{{#headers}}{{#first()}}<br><strong>Headers</strong>{{/first()}} \
        <code>{{.}}</code>{{/headers}}</p>
        {{#hasParameters}}
        <h4>Parameters</h4>
        {{#need}}
        <p>At least one of these is needed: {{need}}.</p>
        {{/need}}
        {{#rules}}
        <p>{{> prose}}</p>
        {{/rules}}
        <table>
        <thead><tr><th>Name</th><th>Type</th><th>Required</th><th>Default</th><th>Meaning</th></tr></thead>
        <tbody>
        {{#parameters}}
        <tr><td><code>{{name}}</code></td><td>{{#type}}{{> type}}{{/type}}</td>\
        <td>{{#isRequired}}required{{/isRequired}}</td>\
        <td class="default">{{#defaultValue}}<code>{{defaultValue}}</code>{{/defaultValue}}</td>\
        <td>{{#meaning}}{{> prose}}{{/meaning}}</td></tr>
        {{/parameters}}
        </tbody>
        </table>
        {{/hasParameters}}
        <h4>Answer</h4>
        {{#isStream}}
        <p>A stream of server-sent events, <code>text/event-stream</code>: the name of each is an event's type, its data \
        an <a href="#object-event"><code>event</code></a>, and its id the position to resume from.</p>
        {{/isStream}}
        {{^isStream}}
        <table>
        <thead><tr><th>Key</th><th>Type</th></tr></thead>
        <tbody>
        {{#answer}}
        <tr><td><code>{{name}}</code></td><td>{{#type}}{{> type}}{{/type}}</td></tr>
        {{/answer}}
        </tbody>
        </table>
        {{/isStream}}
        <h4>Example</h4>
        <pre><code>{{example}}</code></pre>
        </article>
        """

    private static let prose = """
        {{#parts}}{{#isCode}}<code>{{text}}</code>{{/isCode}}{{^isCode}}{{text}}{{/isCode}}{{/parts}}
        """

    private static let type = """
        {{#hasManyValues}}<details><summary>{{text}} {{values.count}} texts</summary>\
        {{#values}}<code>{{.}}</code> {{/values}}</details>{{/hasManyValues}}\
        {{^hasManyValues}}{{text}}{{#schema}} <a href="#object-{{schema}}"><code>{{schema}}</code></a>{{/schema}}\
        {{#values}} <code>{{.}}</code>{{^last()}},{{/last()}}{{/values}}{{/hasManyValues}}{{rest}}
        """

    // MARK: Style

    /// The page's style sheet.
    static let style = """
        :root { --text: #1c2024; --faint: #5c6670; --line: #d9dee3; --back: #ffffff; --panel: #f3f5f7; --link: #0b5cad; }
        @media (prefers-color-scheme: dark) {
          :root { --text: #e4e8ec; --faint: #9aa5b1; --line: #343c45; --back: #14181c; --panel: #1d2329; --link: #7db8f5; }
        }
        * { box-sizing: border-box; }
        html { scroll-padding-top: 1rem; }
        body { margin: 0; color: var(--text); background: var(--back); font: 1rem/1.55 system-ui, sans-serif; }
        a { color: var(--link); text-decoration: none; }
        a:hover, a:focus { text-decoration: underline; }
        code, pre { font-family: ui-monospace, monospace; font-size: 0.9em; overflow-wrap: anywhere; }
        pre { padding: 0.8rem 1rem; background: var(--panel); border-radius: 6px; overflow-x: auto; white-space: pre-wrap; }
        small { color: var(--faint); font-weight: normal; }
        nav { padding: 1rem 1.25rem; background: var(--panel); border-bottom: 1px solid var(--line); font-size: 0.92rem; }
        nav p { margin: 0 0 0.5rem; font-weight: 600; }
        nav ul { margin: 0 0 0.5rem; padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: 0.2rem 1rem; }
        nav ul ul { display: none; }
        main { padding: 0 1.25rem 4rem; max-width: 62rem; }
        h1 { font-size: 1.9rem; }
        h2 { margin-top: 3rem; padding-bottom: 0.3rem; border-bottom: 2px solid var(--line); font-size: 1.4rem; }
        h3 { margin-top: 2.2rem; font-size: 1.1rem; overflow-wrap: anywhere; }
        h4 { margin: 1.2rem 0 0.4rem; font-size: 0.95rem; color: var(--faint); }
        dt { font-weight: 600; }
        dd { margin: 0 0 0.6rem 1rem; }
        dd p { margin: 0.2rem 0; }
        .method { padding: 0.1rem 0.45rem; border: 1px solid var(--line); border-radius: 4px; background: var(--panel); \
        font-size: 0.75em; letter-spacing: 0.03em; }
        table { width: 100%; border-collapse: collapse; font-size: 0.92rem; }
        th { text-align: left; color: var(--faint); font-weight: 600; }
        th, td { padding: 0.35rem 0.8rem 0.35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
        td:first-child code { white-space: nowrap; }
        details summary { cursor: pointer; }
        @media (max-width: 44rem) {
          thead { display: none; }
          tr { display: block; padding: 0.4rem 0; border-bottom: 1px solid var(--line); }
          td { display: inline; padding: 0 0.6rem 0 0; border: 0; }
          td.default:not(:empty)::before { content: "default "; color: var(--faint); }
          td:first-child code { white-space: normal; }
          td:last-child { display: block; padding: 0; color: var(--faint); }
        }
        @media (min-width: 64rem) {
          body { display: grid; grid-template-columns: 18rem minmax(0, 1fr); }
          nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; border: 0; border-right: 1px solid var(--line); }
          nav ul { display: block; margin-bottom: 1rem; }
          nav ul ul { display: block; margin: 0 0 0.5rem; padding-left: 0.8rem; font-size: 0.92em; }
          main { padding: 0 2.5rem 4rem; }
        }
        """
}
