import HTTPTypes
package import KeywayModel
import Logging

/// One request on its way through a handler: validated, authenticated, and without JSON.
package struct Call: Sendable {
    /// The endpoint that is called.
    let endpoint: Endpoint
    /// Its parameters.
    let arguments: Arguments
    /// The method it was called with.
    let method: HTTPRequest.Method
    /// Who calls; nil at an open endpoint.
    let principal: Principal?
    /// What the caller presented, secret; nil at an open endpoint.
    let credential: PresentedCredential?
    /// The request's identity, as in `seam-request-id`.
    let requestID: RequestID
    /// The request's idempotency key, as its header gives it, unchecked; nil without the header.
    let idempotencyKey: String?
    /// How many seconds the caller would wait for an outcome; nil if it does not say.
    let preferredWait: Int?
    /// The position of the last event that the caller has seen, as its header gives it, unchecked; nil without it.
    let lastEventID: String?
    /// Where the caller reaches this server, such as `http://localhost:8080`, without a slash at the end.
    let baseURL: String
    /// What handlers work with.
    let services: APIServices

    /// What is asked, in one form: the same for GET and POST, and whether a default was left out or not.
    ///
    /// - Parameter names: Parameters to leave out.
    /// - Returns: The path and the parameters in the order of their names.
    func canonicalText(without names: [String] = []) -> String {
        let values = arguments.values.filter { !names.contains($0.key) }
        return "\(endpoint.path)?\(QueryWriter.query(values))"
    }

    /// The value of a parameter.
    ///
    /// - Throws: ``UndeclaredParameter`` if the endpoint does not declare it.
    subscript<Value>(_ parameter: Parameter<Value>) -> Value {
        get throws(UndeclaredParameter) { try arguments[parameter] }
    }
}

/// Marks the identity of an HTTP request.
package enum RequestMark {}

/// The identity of an HTTP request, sent back as `seam-request-id` and logged as `request.id`.
package typealias RequestID = Identifier<RequestMark>
