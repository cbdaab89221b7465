import HTTPTypes
import KeywayModel
import KeywayStore

/// The page of a Connect Webview, which its user opens without a credential (wire contract, section 2.3).
///
/// Whoever knows the id of the Connect Webview can use it, as it is with invitations. It needs no script and nothing from
/// elsewhere, and what owners wrote can be nothing in it but text and colours.
enum ConnectWebviewPage {
    private static let path = "/connect_webviews/view"
    private static let idName = "connect_webview_id"
    private static let decisionName = "decision"

    private enum Decision: String {
        case connect, decline
    }

    static let route = PageRoute(path, [.get, .post]) { request in try await reply(to: request) }

    /// Where the page of a Connect Webview is, below the server's own URL.
    static func address(of id: Identifier<ConnectWebview>) -> String { "\(path)?\(idName)=\(id)" }

    private static func reply(to request: PageRequest) async throws -> PageReply {
        let store = request.services.store
        guard let text = request.query.first(where: { $0.name == idName })?.value,
            let id = Identifier<ConnectWebview>(text),
            let webview = try await store.record(ConnectWebview.self, globalKey: id.description),
            let workspace = try await store.workspace(webview.workspaceID)
        else { return notFound }
        guard request.method == .post else { return document(webview, workspace) }
        guard
            let decision = request.form.first(where: { $0.name == decisionName })
                .flatMap({ Decision(rawValue: $0.value) })
        else { return document(webview, workspace, status: .badRequest) }
        if case .pending = webview.progress, workspace.isSuspended { return suspended }
        let login = ConnectWebviewLogin(webview: webview, workspace: workspace, services: request.services)
        let decided =
            switch decision {
            case .connect: try await login.connect()
            case .decline: try await login.decline()
            }
        guard let decided else { return notFound }
        return redirect(decided) ?? document(decided, workspace)
    }

    /// Sends the user who is done on to where the owner wishes; nil if that is nowhere.
    private static func redirect(_ webview: ConnectWebview) -> PageReply? {
        var pairs = [(name: idName, value: webview.id.description)]
        let target: String?
        switch webview.progress {
        case .pending: target = nil
        case .failed: target = webview.wishes.failureRedirectURL
        case .authorized(let accountID, at: _):
            target = webview.wishes.redirectURL
            pairs.append((name: "connected_account_id", value: accountID.description))
        }
        guard let url = target.flatMap({ RedirectTarget($0) })?.url(adding: pairs) else { return nil }
        var reply = PageReply.redirect(to: url)
        reply.headers.append(contentsOf: commonHeaders)
        return reply
    }

    // MARK: Documents

    private static func document(
        _ webview: ConnectWebview,
        _ workspace: Workspace,
        status: HTTPResponse.Status = .ok
    ) -> PageReply {
        let name = HTMLText.escape(workspace.shownName)
        let successMessage =
            workspace.customization.successMessage ?? "Your devices are connected. You can close this page."
        switch webview.progress {
        case .authorized: return message("Connected to \(name)", HTMLText.escape(successMessage))
        case .failed: return message("Not connected to \(name)", "You declined. You can close this page.")
        case .pending:
            let wishes = webview.wishes
            let targets = [wishes.redirectURL, wishes.failureRedirectURL]
                .compactMap { $0.flatMap { RedirectTarget($0) } }
            // Browsers apply the policy of a form to where its answer redirects to as well.
            return page(
                "Connect to \(name)",
                """
                <p>\(name) would like to see and use virtual locks of a sandbox account.</p>
                <form method="post">
                <button name="\(decisionName)" value="\(Decision.connect)" class="main">Connect</button>
                <button name="\(decisionName)" value="\(Decision.decline)">Decline</button>
                </form>
                """,
                workspace.customization,
                formAction: ["'self'"] + targets.map(\.policySource),
                status: status
            )
        }
    }

    private static let notFound = message(
        "This invitation does not exist",
        "It may have been taken back. Ask for a new one.",
        status: .notFound
    )
    private static let suspended = message(
        "This is not possible at the moment",
        "The workspace is suspended. Try again later.",
        status: .forbidden
    )

    private static func message(
        _ title: String,
        _ text: String,
        status: HTTPResponse.Status = .ok
    ) -> PageReply {
        page(title, "<p>\(text)</p>", ConnectCustomization(), formAction: ["'none'"], status: status)
    }

    /// A document; `title` and `content` are HTML.
    private static func page(
        _ title: String,
        _ content: String,
        _ customization: ConnectCustomization,
        formAction: [String],
        status: HTTPResponse.Status
    ) -> PageReply {
        let buttonColor = color(customization.primaryButtonColor) ?? "#1f5fbf"
        let buttonTextColor = color(customization.primaryButtonTextColor) ?? "#ffffff"
        var reply = PageReply.document(
            "text/html; charset=utf-8",
            """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title)</title>
            <style>
            body { font: 1rem/1.5 system-ui, sans-serif; max-width: 28rem; margin: 15vh auto 0; padding: 0 1rem; }
            button { font: inherit; padding: 0.6rem 1.4rem; border: 1px solid #888; border-radius: 0.4rem; }
            button.main { background: \(buttonColor); color: \(buttonTextColor); border-color: transparent; }
            </style>
            </head>
            <body>
            <main>
            <h1>\(title)</h1>
            \(content)
            </main>
            </body>
            </html>

            """,
            status: status
        )
        let policy =
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; form-action "
        reply.headers[.contentSecurityPolicy] = policy + formAction.joined(separator: " ")
        reply.headers.append(contentsOf: commonHeaders)
        return reply
    }

    private static func color(_ text: String?) -> String? {
        text.flatMap { CSSColor.isPlausible($0) ? $0 : nil }
    }

    /// The address of the page is its key, so it is told to nobody, and what the page says changes.
    private static var commonHeaders: HTTPFields {
        [.cacheControl: "no-store", .referrerPolicy: "no-referrer", .xContentTypeOptions: "nosniff"]
    }
}
