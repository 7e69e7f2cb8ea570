// AgentValidation: the validation registry of ERC-8004, and what agents remember.
//
// A request is identified by its hash and names the validator who alone may respond; nobody
// validates his own agent. Responses are kept one after another and never changed: the ERC's reads
// tell of the last, `validationResponses` of all.
//
// A memory is the root of whatever an account remembers elsewhere (Autonomys' AgentMemory has the
// same names); each account sets its own.
//
// Invariant I-2, held after every transaction: a validation's agent and validator stay, and its
// responses only grow, one for each ValidationResponse.
#pragma once

#include "contracts/agent_identity.hpp"

namespace plume {

/// One response, 0 to 100.
struct ValidationEntry {
    uint8_t response = 0;
    uint64_t time = 0;
    Hash response_hash;
    std::string tag;

    static constexpr auto members =
        std::tuple{&ValidationEntry::response, &ValidationEntry::time,
                   &ValidationEntry::response_hash, &ValidationEntry::tag};
};

class AgentValidation : public AgentIdentity {
public:
    using AgentIdentity::AgentIdentity;

    static constexpr size_t tag_size_max = 64;
    /// Of one agent: its summary reads them all.
    static constexpr uint64_t validations_max = 256;
    /// Of one request.
    static constexpr uint64_t responses_max = 64;
    /// What lists return at a time.
    static constexpr uint64_t page_max = 64;
    /// Validators a summary is asked about.
    static constexpr size_t validators_max = 16;

    using ValidationRequest = Event<
        "ValidationRequest(address indexed validatorAddress, uint256 indexed agentId, string "
        "requestURI, bytes32 indexed requestHash)",
        Address, u256, std::string, Hash>;
    using ValidationResponse = Event<
        "ValidationResponse(address indexed validatorAddress, uint256 indexed agentId, bytes32 "
        "indexed requestHash, uint8 response, string responseURI, bytes32 responseHash, string "
        "tag)",
        Address, u256, Hash, uint8_t, std::string, Hash, std::string>;
    using LastMemoryHashSet =
        Event<"LastMemoryHashSet(address indexed agent, bytes32 hash)", Address, Hash>;

    using ValidatorInvalid = CustomError<"ValidatorInvalid(address validator)", Address>;
    using ValidationExists = CustomError<"ValidationExists(bytes32 requestHash)", Hash>;
    using UnknownValidation = CustomError<"UnknownValidation(bytes32 requestHash)", Hash>;
    using NotValidator = CustomError<"NotValidator(address caller)", Address>;
    using ResponseInvalid = CustomError<"ResponseInvalid(uint8 response)", uint8_t>;
    using TooMany = CustomError<"TooMany(uint256 count, uint256 max)", u256, u256>;

    /// This registry is its own identity registry.
    Address identity_registry() const { return self(); }
    /// By who manages the agent.
    void request_validation(Address validator, u256 agent, std::string uri, Hash hash);
    /// By the validator named.
    void respond(Hash hash, uint8_t response, std::string uri, Hash response_hash, std::string tag);
    /// The last response: validator, agent, response, its hash and tag, and when.
    std::tuple<Address, u256, uint8_t, Hash, std::string, u256> validation_status(Hash hash) const;
    u256 response_count(Hash hash) const;
    /// At most `page_max` responses from the `first` on, oldest first.
    std::vector<ValidationEntry> responses(Hash hash, u256 first, u256 count) const;
    /// How many validations of the agent have a response, and the average of the last ones, rounded
    /// down; by these validators, with this tag, if any are given.
    std::tuple<uint64_t, uint8_t> summary(u256 agent, std::vector<Address> validators,
                                          std::string tag) const;
    std::vector<Hash> agent_validations(u256 agent) const;
    /// The last `validations_max` requests that name a validator, oldest first.
    std::vector<Hash> validator_requests(Address validator) const;

    void set_last_memory_hash(Hash hash);
    Hash memory_root(Address account) const;

    std::optional<std::string> broken_invariant() const;

    static constexpr auto abi =
        AgentIdentity::abi +
        Methods<
            Method<"getIdentityRegistry() view returns (address)",
                   &AgentValidation::identity_registry>,
            Method<"validationRequest(address validatorAddress, uint256 agentId, string "
                   "requestURI, bytes32 requestHash)",
                   &AgentValidation::request_validation>,
            Method<"validationResponse(bytes32 requestHash, uint8 response, string responseURI, "
                   "bytes32 responseHash, string tag)",
                   &AgentValidation::respond>,
            Method<"getValidationStatus(bytes32 requestHash) view returns (address "
                   "validatorAddress, uint256 agentId, uint8 response, bytes32 responseHash, "
                   "string tag, uint256 lastUpdate)",
                   &AgentValidation::validation_status>,
            Method<"validationResponseCount(bytes32 requestHash) view returns (uint256)",
                   &AgentValidation::response_count>,
            Method<"validationResponses(bytes32 requestHash, uint256 first, uint256 count) view "
                   "returns ((uint8 response, uint64 time, bytes32 responseHash, string tag)[])",
                   &AgentValidation::responses>,
            Method<"getSummary(uint256 agentId, address[] validatorAddresses, string tag) view "
                   "returns (uint64 count, uint8 averageResponse)",
                   &AgentValidation::summary>,
            Method<"getAgentValidations(uint256 agentId) view returns (bytes32[])",
                   &AgentValidation::agent_validations>,
            Method<"getValidatorRequests(address validatorAddress) view returns (bytes32[])",
                   &AgentValidation::validator_requests>,
            Method<"setLastMemoryHash(bytes32 hash)", &AgentValidation::set_last_memory_hash>,
            Method<"getLastMemoryHash(address agent) view returns (bytes32)",
                   &AgentValidation::memory_root>,
            Method<"memoryRoot(address account) view returns (bytes32)",
                   &AgentValidation::memory_root>>{};
    static constexpr auto declarations =
        AgentIdentity::declarations +
        Declarations<ValidationRequest, ValidationResponse, LastMemoryHashSet, ValidatorInvalid,
                     ValidationExists, UnknownValidation, NotValidator, ResponseInvalid, TooMany>{};

protected:
    ~AgentValidation() = default;

private:
    void require_known(const Hash& hash) const;
};

}  // namespace plume
