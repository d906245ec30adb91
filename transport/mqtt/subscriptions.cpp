#include "transport/mqtt/subscriptions.hpp"

#include <algorithm>
#include <utility>

namespace transport {
namespace {

constexpr int refusal = 0x80;

} // namespace

void Subscriptions::begin()
{
    waiting_.assign(filters_.begin(), filters_.end());
    asked_.clear();
    refused_.clear();
}

std::vector<std::string> Subscriptions::next_batch()
{
    if (!asked_.empty())
        return {};
    const auto count = static_cast<std::ptrdiff_t>(std::min(per_batch_, waiting_.size()));
    asked_.assign(waiting_.begin(), waiting_.begin() + count);
    waiting_.erase(waiting_.begin(), waiting_.begin() + count);
    return asked_;
}

Subscriptions::Answer Subscriptions::answered(const std::vector<int>& codes, int qos)
{
    Answer answer;
    const std::vector<std::string> asked = std::exchange(asked_, {});
    for (std::size_t i = 0; i < asked.size(); ++i) {
        const int code = codes.empty() ? qos : codes[std::min(i, codes.size() - 1)];
        answer.lower_qos = answer.lower_qos || code < qos;
        if (code >= refusal)
            answer.refused.push_back(asked[i]);
    }
    refused_.insert(refused_.end(), answer.refused.begin(), answer.refused.end());
    return answer;
}

void Subscriptions::retry()
{
    waiting_.insert(waiting_.end(), refused_.begin(), refused_.end());
    refused_.clear();
}

} // namespace transport
