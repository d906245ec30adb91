/// A request that is answered exactly once (docs/spec/gateway-backend-api.md, 4.1).
#pragma once

#include "transport/api.hpp"
#include "transport/mqtt/topics.hpp"

#include <functional>
#include <memory>
#include <string>

namespace transport {

class Sink;

/// The header of the response that belongs to a kind of request.
api::ResponseHeader& response_header(api::WirepasMessage& response, RequestKind kind);
/// The request that belongs to a kind of topic; null when it is not in the message.
const google::protobuf::MessageLite* request_message(const api::WirepasMessage& message, RequestKind kind);
/// The same to be written; it is created when it is not in the message.
google::protobuf::MessageLite& mutable_request(api::WirepasMessage& message, RequestKind kind);
/// Its header; a default one when there is none.
const api::RequestHeader& request_header(const api::WirepasMessage& message, RequestKind kind);

class Request {
public:
    using Fill = std::function<void(api::WirepasMessage&)>;
    using Answer = std::function<void(const Request&, api::ErrorCode, const Fill&)>;

    Request(
        RequestKind kind, std::string sink_id, std::unique_ptr<api::GenericMessage> message, Answer answer)
        : kind_(kind),
          sink_id_(std::move(sink_id)),
          message_(std::move(message)),
          id_(request_header(content(), kind_).req_id()),
          answer_(std::move(answer))
    {
    }
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;
    /// One that nobody answered is answered INTERNAL_ERROR.
    ~Request();

    [[nodiscard]] RequestKind kind() const { return kind_; }
    [[nodiscard]] const std::string& sink_id() const { return sink_id_; } ///< the one used
    [[nodiscard]] std::uint64_t id() const { return id_; }
    [[nodiscard]] const api::WirepasMessage& content() const { return message_->wirepas(); }

    /// What waits outside of a lane's bounds keeps no content: a backend may have put anything into it.
    void forget_content() { message_ = std::make_unique<api::GenericMessage>(); }

    /// Only the first answer counts. `fill` adds what the response has beside its header.
    void answer(api::ErrorCode code, const Fill& fill = {});
    [[nodiscard]] bool answered() const { return answered_; }
    /// For the repetition of a request: the first one's answer counts for it.
    void leave_unanswered() { answered_ = true; }

    /// The sink that the request is for, once it was looked up.
    std::shared_ptr<Sink> sink;

private:
    RequestKind kind_;
    std::string sink_id_;
    std::unique_ptr<api::GenericMessage> message_;
    std::uint64_t id_;
    Answer answer_;
    bool answered_ = false;
};

using RequestPtr = std::shared_ptr<Request>;

} // namespace transport
