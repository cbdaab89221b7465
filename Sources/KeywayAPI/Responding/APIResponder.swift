import HTTPTypes
package import Hummingbird
import KeywayModel
import KeywayStore
import Logging
import NIOCore

/// What Hummingbird gives to a request besides the request.
package struct APIRequestContext: InitializableFromSource {
    /// The connection that it came on.
    let channel: any Channel

    /// Makes a context.
    package init(source: ApplicationRequestContextSource) {
        channel = source.channel
    }
}

/// Takes every request through the same steps, in the order that decides which error wins (wire contract, section 1.3).
///
/// Whatever happens, the answer is JSON of the contract's shape with a request id; nothing of the framework's own
/// errors shows.
package struct APIResponder: HTTPResponder {
    private let services: APIServices
    private let table: EndpointTable

    /// Makes a responder for every endpoint.
    package init(_ services: APIServices) {
        self.init(services, table: .all)
    }

    init(_ services: APIServices, table: EndpointTable) {
        self.services = services
        self.table = table
    }

    /// Answers a request; never throws.
    package func respond(to request: Request, context: APIRequestContext) async -> Response {
        let started = services.time.now().monotonic
        let id: RequestID = services.ids.next()
        let endpoint = table[request.uri.path]
        let callback = endpoint == nil ? CallbackRoute(request.uri.path) : nil
        let page = endpoint == nil ? PageRoute.page(at: request.uri.path) : nil
        let metrics = request.uri.path == MetricsRoute.path ? services.metrics : nil
        var response =
            if let metrics {
                respond(to: request, metrics, id)
            } else if let callback {
                await respond(to: request, callback, id)
            } else if let page {
                await respond(to: request, page, id)
            } else {
                await respond(to: request, endpoint, id, context)
            }
        response.headers.append(
            contentsOf: CORS.headers(origin: request.headers[.origin], isPreflight: request.method == .options)
        )
        response.headers[.seamRequestID] = id.description
        // The answer to HEAD is the head alone; a body would be taken for the next answer.
        if request.method == .head { response = Response(status: response.status, headers: response.headers) }
        let route =
            endpoint?.path ?? page?.path ?? metrics.map { _ in MetricsRoute.path }
            ?? callback.map { _ in CallbackRoute.pattern } ?? "none"
        services.logger.debug(
            "request answered",
            metadata: [
                "request.id": "\(id)", "http.method": "\(request.method.rawValue)",
                "http.route": "\(route)",
                "http.status": "\(response.status.code)",
                "http.duration": "\(services.time.now().monotonic - started)",
            ]
        )
        return response
    }

    private func respond(to request: Request, _ callback: CallbackRoute, _ id: RequestID) async -> Response {
        do {
            return try render(try await callback.reply(to: request, services))
        } catch {
            return render(services.refusal(for: error, id))
        }
    }

    private func respond(to request: Request, _ page: PageRoute, _ id: RequestID) async -> Response {
        do {
            if request.method == .options { return Response(status: .ok) }
            return render(try await page.reply(to: request, services, id))
        } catch {
            return render(services.refusal(for: error, id))
        }
    }

    private func respond(to request: Request, _ metrics: MetricsRoute, _ id: RequestID) -> Response {
        do {
            if request.method == .options { return Response(status: .ok) }
            return render(try metrics.reply(to: request))
        } catch {
            return render(services.refusal(for: error, id))
        }
    }

    private func respond(
        to request: Request,
        _ endpoint: Endpoint?,
        _ id: RequestID,
        _ context: APIRequestContext
    ) async -> Response {
        do {
            guard let endpoint else { throw APIError.unknownRoute }
            if request.method == .options { return Response(status: .ok) }
            return try await answer(to: request, endpoint, id, context)
        } catch {
            return render(services.refusal(for: error, id))
        }
    }

    private func answer(
        to request: Request,
        _ endpoint: Endpoint,
        _ id: RequestID,
        _ context: APIRequestContext
    ) async throws -> Response {
        // Before the body is read, unlike in the contract's table: a stranger must not make the server read a megabyte.
        let credential = try endpoint.accepts.map { kinds throws(APIError) in
            try PresentedCredential(in: request.headers, accepting: kinds)
        }
        let principal = try await authenticate(credential)
        guard endpoint.kind.methods.contains(request.method) else {
            throw APIError.methodNotAllowed(endpoint.kind.methods)
        }
        let body = try await RequestBodyReader.read(request, limit: services.configuration.maximumBodyBytes)
        let baseURL = BaseURL.of(request, configured: services.configuration.publicBaseURL)
        func workOut() async throws -> Reply {
            try await self.reply(to: request, endpoint, id, credential, principal, body: body, baseURL: baseURL)
        }
        if let question = question(request, endpoint, principal, body: body, baseURL: baseURL) {
            return try await answer(question, endpoint.keeping, workOut)
        }
        let reply = try await workOut()
        return try reply.stream.map { render($0, context) } ?? render(reply)
    }

    private func reply(
        to request: Request,
        _ endpoint: Endpoint,
        _ id: RequestID,
        _ credential: PresentedCredential?,
        _ principal: Principal?,
        body: [UInt8],
        baseURL: String
    ) async throws -> Reply {
        let input = try RequestInput.collect(
            endpoint,
            method: request.method,
            query: request.uri.query,
            contentType: request.headers[.contentType],
            body: body
        )
        let values = try Validator.validate(
            input,
            endpoint.parameters,
            needsOneOf: endpoint.needsOneOf,
            rules: endpoint.rules
        )
        let call = Call(
            endpoint: endpoint,
            arguments: Arguments(values),
            method: request.method,
            principal: principal,
            credential: credential,
            requestID: id,
            idempotencyKey: request.headers[.idempotencyKey],
            preferredWait: endpoint.isHeld ? PreferHeader.wait(in: request.headers[.prefer]) : nil,
            lastEventID: endpoint.isStream ? request.headers[.lastEventID] : nil,
            baseURL: baseURL,
            services: services
        )
        let reply = try await endpoint.handler(call)
        assert(Set(reply.members.map(\.key)) == Set(endpoint.answer.map(\.name)), "an answer other than declared")
        assert((reply.stream != nil) == endpoint.isStream, "a stream other than declared")
        return reply
    }

    private func authenticate(_ credential: PresentedCredential?) async throws -> Principal? {
        guard let credential else { return nil }
        return try await services.authenticator.principal(presenting: credential)
    }

    // MARK: Kept answers

    /// How old a kept list of devices gets: as old as a credential that is remembered (``Authenticator/memory``), for what
    /// other processes write to the database, and what only time changes, such as the end of a client session.
    static let longestKeeping: Duration = .seconds(1)

    /// The question of a request whose answer may be kept; nil if it may not.
    ///
    /// Client sessions, of which each sees devices of its own, callers who wait for an outcome, and questions of unusual
    /// length get no kept answers.
    private func question(
        _ request: Request,
        _ endpoint: Endpoint,
        _ principal: Principal?,
        body: [UInt8],
        baseURL: String
    ) -> AnswerMemory.Question? {
        guard endpoint.keeping != .nothing, case .caller(let caller)? = principal, caller.session == nil,
            !(endpoint.isHeld && request.headers.contains(.prefer))
        else { return nil }
        let question = AnswerMemory.Question(
            path: endpoint.path,
            isGet: request.method == .get,
            query: request.uri.query,
            body: body,
            contentType: request.headers[.contentType],
            baseURL: baseURL,
            requester: caller.requester,
            workspaceID: caller.workspaceID
        )
        return question.size <= AnswerMemory.Question.maximumSize ? question : nil
    }

    /// Gives a kept answer, or works it out and keeps it if its endpoint says so.
    private func answer(
        _ question: AnswerMemory.Question,
        _ keeping: Endpoint.Keeping,
        _ workOut: () async throws -> Reply
    ) async throws -> Response {
        let memory = services.answers
        let now = services.time.now().monotonic
        if keeping == .whatIsFinal {
            if let kept = memory.answer(to: question, at: 0, now: now) { return json(kept) }
            let reply = try await workOut()
            let body = try JSONOutput.bytes(of: reply)
            if reply.isFinal, reply.isPlain {
                memory.keep(AnswerMemory.Answer(body: body, revision: 0, until: nil), to: question)
            }
            return render(reply, body)
        }
        // Before anything is read, so that whatever changes meanwhile outdates the answer.
        let revision = services.store.deviceRevisions[question.workspaceID]
        if case .give(let body) = await memory.advice(on: question, at: revision, now: now) { return json(body) }
        var shared: ByteBuffer?
        defer { memory.finish(question, at: revision, with: shared) }
        let reply = try await workOut()
        let body = try JSONOutput.bytes(of: reply)
        if reply.isPlain {
            let answer = AnswerMemory.Answer(body: body, revision: revision, until: now + Self.longestKeeping)
            memory.keep(answer, to: question)
            shared = body
        }
        return render(reply, body)
    }

    private func json(_ body: ByteBuffer) -> Response {
        Response(status: .ok, headers: jsonHeaders, body: ResponseBody(byteBuffer: body))
    }

    // MARK: Answers

    private func render(_ reply: PageReply) -> Response {
        let body = ResponseBody(byteBuffer: ByteBuffer(bytes: reply.bytes))
        return Response(status: reply.status, headers: reply.headers, body: body)
    }

    private func render(_ reply: Reply) throws -> Response {
        render(reply, try JSONOutput.bytes(of: reply))
    }

    private func render(_ reply: Reply, _ body: ByteBuffer) -> Response {
        var response = Response(status: reply.status, headers: jsonHeaders, body: ResponseBody(byteBuffer: body))
        response.headers.append(contentsOf: reply.headers)
        setRetryAfter(reply.retryAfter, on: &response)
        return response
    }

    /// The answer whose body is a stream, with which the connection ends.
    private func render(_ stream: EventStream, _ context: APIRequestContext) -> Response {
        let connection = StreamConnection(context.channel)
        let headers: HTTPFields = [
            .contentType: ServerSentEvents.mediaType, .cacheControl: "no-store", .accelBuffering: "no",
            .connection: "close",
        ]
        return Response(
            status: .ok,
            headers: headers,
            body: ResponseBody { writer in
                try await stream.run(to: &writer, over: connection)
                // What was sent behind the request, such as a command, must not be carried out when the stream ends at
                // last; the error makes the server close the connection instead of reading on.
                throw EventStream.Ended()
            }
        )
    }

    private func render(_ error: APIError) -> Response {
        do {
            var response = try Response(
                status: error.status,
                headers: jsonHeaders,
                body: body(APIError.Body(error: error))
            )
            response.headers.append(contentsOf: error.headers)
            setRetryAfter(error.retryAfter, on: &response)
            return response
        } catch {
            // An error body is made of texts alone, which can always be written.
            preconditionFailure("an error body cannot be encoded: \(error)")
        }
    }

    private var jsonHeaders: HTTPFields { [.contentType: "application/json; charset=utf-8"] }

    private func body(_ value: some Encodable) throws -> ResponseBody {
        ResponseBody(byteBuffer: try JSONOutput.bytes(of: value))
    }

    private func setRetryAfter(_ pause: Duration?, on response: inout Response) {
        if let pause { response.headers[.retryAfter] = "\(max(1, pause.secondsRoundedUp))" }
    }
}
