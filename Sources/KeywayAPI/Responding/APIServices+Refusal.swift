import HTTPTypes
import Logging

extension APIServices {
    /// What the caller is told of an error, which is logged if the caller is not the one who can do something about it.
    func refusal(for error: any Error, _ id: RequestID) -> APIError {
        guard let refusal = APIError(translating: error) else {
            logger.error(
                "a request failed for no fault of its own",
                metadata: ["request.id": "\(id)", "error": "\(error)"]
            )
            return .internalServerError
        }
        if refusal.status == .serviceUnavailable { troubles.note(error, requestID: id) }
        return refusal
    }
}
