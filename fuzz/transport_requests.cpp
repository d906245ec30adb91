// Messages from the broker to the transport service's requests, with two sinks on a bus behind them
// (spec/gateway-backend-api.md, 4): no crash, bounded memory, and an answer whenever an id can be read.
//
// An input is a list of messages, each: kind of request, flags, length (u16 little-endian), octets.
// Flags: 0x01 the octets are the whole message, else they are the request behind a header of ours;
// 0x02 retained; 0x04 MQTT's DUP; 0x08 the header names another sink than the topic; 0x10 the last
// message's id again; 0xC0 level of the topic: sink0, sink1, an unknown sink, none.
#include "transport/requests/router.hpp"

#include "fuzz/support/expect.hpp"
#include "fuzz/support/input.hpp"
#include "fuzz/support/log.hpp"
#include "fuzz/support/target.hpp"
#include "tests/unit/transport_fake_sink.hpp"
#include "tools/stand/private_bus.hpp"
#include "tools/stand/protobuf_octets.hpp"
#include "tools/stand/temporary_directory.hpp"
#include "transport/requests/decode.hpp"

#include <array>
#include <cstdlib>
#include <future>
#include <map>
#include <set>
#include <thread>

using namespace transport;
using fuzz::expect;
using gateway::stand::field;
using gateway::stand::varint;
using transport_test::FakeSink;

namespace {

constexpr std::chrono::seconds patience{15};
constexpr std::size_t max_messages = 32;

struct Kind {
    RequestKind kind;
    int field; ///< in WirepasMessage
};
constexpr std::array kinds = {
    Kind{RequestKind::get_gw_info, 15},
    Kind{RequestKind::get_configs, 2},
    Kind{RequestKind::set_config, 4},
    Kind{RequestKind::send_data, 6},
    Kind{RequestKind::otap_status, 9},
    Kind{RequestKind::otap_load_scratchpad, 11},
    Kind{RequestKind::otap_process_scratchpad, 13},
    Kind{RequestKind::otap_set_target_scratchpad, 17},
    Kind{RequestKind::set_configuration_data_item, 19},
    Kind{RequestKind::get_configuration_data_item, 21},
};
constexpr std::array levels = {"sink0", "sink1", "sink9", ""};

struct Message {
    std::string topic;
    std::string payload;
    bool retained = false;
    bool duplicate = false;
};

Message next_message(fuzz::Input& input, std::uint64_t& id)
{
    const Kind& kind = input.one_of(kinds);
    const std::uint8_t flags = input.octet();
    const std::string octets = fuzz::to_text(input.octets(input.word()));
    const std::string level = needs_sink(kind.kind) ? levels[flags >> 6] : "";
    Message message;
    message.topic = "gw-request/" + std::string(topic_name(kind.kind)) + "/gw-1";
    if (needs_sink(kind.kind))
        message.topic += "/" + level;
    message.retained = (flags & 0x02) != 0;
    message.duplicate = (flags & 0x04) != 0;
    if ((flags & 0x01) != 0) {
        message.payload = octets;
        return message;
    }
    if ((flags & 0x10) == 0)
        ++id;
    std::string header = varint(1 << 3) + varint(id);
    if ((flags & 0x08) != 0)
        header += field(2, "sink1");
    message.payload = field(1, field(kind.field, field(1, header) + octets));
    return message;
}

/// The request's id by the schema's own parser: it must be answered. Nothing when it is to be dropped.
std::optional<std::uint64_t> id_of(const Topics& topics, const Message& message)
{
    const auto topic = topics.parse_request(message.topic);
    api::GenericMessage whole;
    if (!topic || message.retained || message.payload.empty() ||
        !whole.ParsePartialFromString(message.payload) ||
        request_message(whole.wirepas(), topic->kind) == nullptr)
        return std::nullopt;
    const api::RequestHeader& header = request_header(whole.wirepas(), topic->kind);
    return header.has_req_id() ? std::optional(header.req_id()) : std::nullopt;
}

/// The same by our own decoder, which also takes messages that are damaged elsewhere.
std::optional<std::uint64_t> decoded_id_of(const Topics& topics, const Message& message)
{
    const auto topic = topics.parse_request(message.topic);
    if (!topic || message.retained || message.payload.empty())
        return std::nullopt;
    const auto decoded = decode_request(message.payload, topic->kind);
    if (!decoded)
        return std::nullopt;
    return request_header((*decoded)->wirepas(), topic->kind).req_id();
}

/// The ids that were answered, whatever the kind of the answer.
std::uint64_t answered_id(const std::string& payload)
{
    api::GenericMessage message;
    expect(message.ParseFromString(payload), "an answer has all its required fields");
    for (const Kind& kind : kinds) {
        api::WirepasMessage copy = message.wirepas();
        const std::size_t size = copy.ByteSizeLong();
        const api::ResponseHeader& header = response_header(copy, kind.kind);
        if (copy.ByteSizeLong() == size) {
            expect(header.gw_id() == "gw-1", "an answer names the gateway");
            expect(header.res() >= api::OK, "an answer has a code that backends know");
            return header.req_id();
        }
    }
    expect(false, "an answer is a response");
    return 0;
}

/// The bus with its sinks, for all inputs; a router and its memories for each.
class Gateway {
public:
    Gateway()
    {
        setenv("DBUS_SYSTEM_BUS_ADDRESS", bus_.address().c_str(), 1); // NOLINT(concurrency-mt-unsafe)
        settings_.gateway_id = "gw-1";
        settings_.state_directory = directory_.path();
        settings_.max_scratchpad_size = 1024;
        settings_.max_upload_memory = 1024 * 1024;
        std::promise<void> found;
        thread_ = std::thread([&] { serve(found); });
        expect(found.get_future().wait_for(patience) == std::future_status::ready, "the sinks are found");
    }

    void run(fuzz::Input& input)
    {
        std::promise<void> done;
        loop_->post([&] { begin(input, done); });
        expect(
            done.get_future().wait_for(patience) == std::future_status::ready, "all requests come to an end");
    }

    void stop()
    {
        loop_->post([this] { loop_->quit(0); });
        thread_.join();
    }

private:
    struct Session {
        explicit Session(Gateway& gateway)
            : backpressure(
                  *gateway.loop_, gateway.settings_, [] { return Backlog(); },
                  [this](const std::string& sink_id, LaneJob job) {
                      router.run_ahead(sink_id, std::move(job));
                  }),
              context{
                  *gateway.loop_,
                  gateway.settings_,
                  *gateway.registry_,
                  backpressure,
                  [] {},
                  [](const Sink&) {},
                  ChunkedUploads(
                      {gateway.settings_.max_scratchpad_size, gateway.settings_.max_upload_memory}),
                  RepetitionMemory(std::chrono::seconds(30))},
              router(context, gateway.topics_, [this](const std::string& topic, const std::string& payload) {
                  expect(topic.starts_with("gw-response/"), "an answer is published as one");
                  expect(
                      topic.find_first_of("+#") == std::string::npos, "an answer's topic can be published");
                  answered.insert(answered_id(payload));
              })
        {
        }

        std::multiset<std::uint64_t> answered;
        Backpressure backpressure;
        RequestContext context;
        Router router;
    };

    void serve(std::promise<void>& found)
    {
        gateway::EventLoop loop;
        std::size_t missing = 2;
        SinkRegistry registry(
            loop, {.appeared =
                       [&](const std::shared_ptr<Sink>&) {
                           if (--missing == 0)
                               found.set_value();
                       },
                   .listed = [] {},
                   .disappeared = [](const std::shared_ptr<Sink>&) {},
                   .stack_changed = [](Sink&, bool) {},
                   .properties_changed = [](Sink&, std::optional<std::uint32_t>) {},
                   .packet = {}});
        loop_ = &loop;
        registry_ = &registry;
        for (const char* id : {"sink0", "sink1"})
            sinks_.push_back(std::make_unique<FakeSink>(loop, bus_.address(), id));
        initial_ = sinks_.front()->values;
        registry.start();
        loop.run();
        sinks_.clear();
    }

    void begin(fuzz::Input& input, std::promise<void>& done)
    {
        for (const auto& sink : sinks_) {
            sink->values = initial_;
            sink->calls.clear();
        }
        session_ = std::make_unique<Session>(*this);
        std::map<std::uint64_t, std::size_t> requests;
        std::uint64_t id = 0;
        for (std::size_t i = 0; i < max_messages && !input.empty(); ++i) {
            const Message message = next_message(input, id);
            const auto must = id_of(topics_, message);
            const auto asked = decoded_id_of(topics_, message);
            expect(!must || must == asked, "what the schema's parser reads is read");
            if (asked)
                ++requests[*asked];
            session_->router.message({message.topic, message.payload, message.retained, message.duplicate});
        }
        // Behind the last answer.
        waiting_ = loop_->every(std::chrono::microseconds(200), [this, requests, &done] {
            if (!session_->router.idle())
                return;
            for (const auto& [asked, times] : requests) {
                const std::size_t answers = session_->answered.count(asked);
                expect(answers >= 1, "a request whose id can be read is answered");
                expect(answers <= times, "no request is answered twice");
            }
            loop_->post([this, &done] {
                session_.reset();
                done.set_value();
            });
            waiting_.reset(); // with this function and what it holds
        });
    }

    gateway::stand::TemporaryDirectory directory_;
    gateway::stand::PrivateBus bus_{directory_.path()};
    TransportSettings settings_;
    const Topics topics_{"gw-1"};
    gateway::EventLoop* loop_ = nullptr;
    SinkRegistry* registry_ = nullptr;
    std::vector<std::unique_ptr<FakeSink>> sinks_;
    std::map<std::string, std::uint32_t> initial_;
    std::unique_ptr<Session> session_;
    gateway::EventLoop::Handle waiting_;
    std::thread thread_;
};

/// Ended before the process ends, so that no bus and no thread is left over.
std::unique_ptr<Gateway> gateway_under_test;

} // namespace

int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/)
{
    fuzz::set_log_level();
    gateway_under_test = std::make_unique<Gateway>();
    std::atexit([] {
        gateway_under_test->stop();
        gateway_under_test.reset();
    });
    return 0;
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::Input input(data, size);
    gateway_under_test->run(input);
    return 0;
}
