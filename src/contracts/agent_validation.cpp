#include "contracts/agent_validation.hpp"

#include <algorithm>
#include <map>

namespace plume {

namespace {

/// struct { uint8 response; uint64 time; bytes32 responseHash; string tag; }
struct ResponsePlace : Place {
    static constexpr uint64_t slots = 3;

    Slot<uint8_t> response() const { return {position, 0}; }
    Slot<uint64_t> time() const { return {position, 1}; }
    Slot<Hash> hash() const { return {position + u256{1u}}; }
    Text tag() const { return {{position + u256{2u}}}; }
};

/// struct { address validator; uint64 time; uint256 agentId; Response[] responses; }
struct ValidationPlace : Place {
    Slot<Address> validator() const { return {position, 0}; }
    Slot<uint64_t> time() const { return {position, 20}; }
    Slot<u256> agent() const { return {position + u256{1u}}; }
    Array<ResponsePlace> responses() const { return {{position + u256{2u}}}; }
};

constexpr u256 base = namespace_slot("plume.agents.validation");
constexpr Map<Hash, ValidationPlace> validations{{base}};
constexpr Map<u256, Array<Hash>> by_agent{{base + u256{1u}}};
constexpr Map<Address, Array<Hash>> by_validator{{base + u256{2u}}};
constexpr Map<Address, Hash> memories{{base + u256{3u}}};

/// The last elements of a list, at most `count_max`.
std::vector<Hash> last_of(const Contract& contract, const Array<Hash>& list, uint64_t count_max) {
    const uint64_t size = contract.length(list);
    std::vector<Hash> out;
    for (uint64_t i = size - std::min(size, count_max); i < size; ++i)
        out.push_back(contract.get(list[i]));
    return out;
}

}  // namespace

void AgentValidation::require_known(const Hash& hash) const {
    require(get(validations[hash].validator()) != Address{}, UnknownValidation{hash});
}

void AgentValidation::request_validation(Address validator, u256 agent, std::string uri,
                                         Hash hash) {
    require_manager(agent);
    require(validator != Address{} && !may_act(validator, agent, owner_of(agent)),
            ValidatorInvalid{validator});
    require_size(uri.size(), uri_size_max);
    const ValidationPlace place = validations[hash];
    require(get(place.validator()) == Address{}, ValidationExists{hash});
    const u256 count{length(by_agent[agent])};
    require(count < u256{validations_max}, TooMany{count, u256{validations_max}});
    set(place.validator(), validator);
    set(place.time(), now());
    set(place.agent(), agent);
    set(push(by_agent[agent]), hash);
    set(push(by_validator[validator]), hash);
    emit(ValidationRequest{validator, agent, uri, hash});
}

void AgentValidation::respond(Hash hash, uint8_t response, std::string uri, Hash response_hash,
                              std::string tag) {
    require_known(hash);
    const ValidationPlace place = validations[hash];
    require(sender() == get(place.validator()), NotValidator{sender()});
    require(response <= 100, ResponseInvalid{response});
    require_size(uri.size(), uri_size_max);
    require_size(tag.size(), tag_size_max);
    const u256 count{length(place.responses())};
    require(count < u256{responses_max}, TooMany{count, u256{responses_max}});
    const ResponsePlace entry = push(place.responses());
    set(entry.response(), response);
    set(entry.time(), now());
    set(entry.hash(), response_hash);
    set(entry.tag(), view_of(tag));
    emit(ValidationResponse{sender(), get(place.agent()), hash, response, uri, response_hash, tag});
}

std::tuple<Address, u256, uint8_t, Hash, std::string, u256> AgentValidation::validation_status(
    Hash hash) const {
    require_known(hash);
    const ValidationPlace place = validations[hash];
    const Address validator = get(place.validator());
    const u256 agent = get(place.agent());
    const uint64_t count = length(place.responses());
    if (count == 0) return {validator, agent, 0, {}, {}, u256{get(place.time())}};
    const ResponsePlace last = place.responses()[count - 1];
    return {validator,
            agent,
            get(last.response()),
            get(last.hash()),
            get_string(last.tag()),
            u256{get(last.time())}};
}

u256 AgentValidation::response_count(Hash hash) const {
    require_known(hash);
    return u256{length(validations[hash].responses())};
}

std::vector<ValidationEntry> AgentValidation::responses(Hash hash, u256 first, u256 count) const {
    const u256 size = response_count(hash);
    std::vector<ValidationEntry> out;
    if (first >= size) return out;
    const uint64_t begin = first.low64();
    const uint64_t wanted = std::min(std::min(count, size - first), u256{page_max}).low64();
    for (uint64_t i = begin; i < begin + wanted; ++i) {
        const ResponsePlace entry = validations[hash].responses()[i];
        out.push_back(
            {get(entry.response()), get(entry.time()), get(entry.hash()), get_string(entry.tag())});
    }
    return out;
}

std::tuple<uint64_t, uint8_t> AgentValidation::summary(u256 agent, std::vector<Address> validators,
                                                       std::string tag) const {
    require(validators.size() <= validators_max,
            TooMany{u256{validators.size()}, u256{validators_max}});
    uint64_t count = 0;
    uint64_t sum = 0;
    for (uint64_t i = 0; i < length(by_agent[agent]); ++i) {
        const ValidationPlace place = validations[get(by_agent[agent][i])];
        const uint64_t size = length(place.responses());
        if (size == 0) continue;
        const Address validator = get(place.validator());
        const bool is_asked =
            validators.empty() || std::ranges::find(validators, validator) != validators.end();
        const ResponsePlace last = place.responses()[size - 1];
        if (!is_asked || (!tag.empty() && get_string(last.tag()) != tag)) continue;
        ++count;
        sum += get(last.response());
    }
    return {count, static_cast<uint8_t>(count == 0 ? 0 : sum / count)};
}

std::vector<Hash> AgentValidation::agent_validations(u256 agent) const {
    return last_of(*this, by_agent[agent], validations_max);
}

std::vector<Hash> AgentValidation::validator_requests(Address validator) const {
    return last_of(*this, by_validator[validator], validations_max);
}

void AgentValidation::set_last_memory_hash(Hash hash) {
    set(memories[sender()], hash);
    emit(LastMemoryHashSet{sender(), hash});
}

Hash AgentValidation::memory_root(Address account) const {
    return get(memories[account]);
}

std::optional<std::string> AgentValidation::broken_invariant() const {
    if (auto broken = AgentIdentity::broken_invariant()) return broken;
    std::map<Hash, uint64_t> grown;
    for (const Log& log : transaction_logs()) {
        if (log.address != self()) continue;
        if (const auto response = ValidationResponse::decode(log)) ++grown[std::get<2>(*response)];
        if (const auto request = ValidationRequest::decode(log)) grown[std::get<3>(*request)] += 0;
    }
    for (const auto& [hash, count] : grown) {
        const ValidationPlace place = validations[hash];
        const Address earlier = before(place.validator());
        if (earlier != Address{} &&
            (earlier != get(place.validator()) || before(place.agent()) != get(place.agent())))
            return "I-2: a validation is another's";
        if (length(place.responses()) - before(place.responses().length()).low64() != count)
            return "I-2: responses did not grow as events say";
    }
    return std::nullopt;
}

}  // namespace plume
