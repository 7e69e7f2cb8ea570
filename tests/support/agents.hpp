// A world with a currency, a mission, staked agents and an arbitrator that rules as it is told.
#pragma once

#include "base/result.hpp"
#include "contracts/agents.hpp"
#include "contracts/token.hpp"
#include "support/records.hpp"

namespace plume::test {

/// An arbitrator at the real one's address, which takes 5 wei and rules what it is told to.
class StubArbitrator : public Contract {
public:
    using Contract::Contract;

    using Rule = Remote<"rule(uint256 disputeId, uint256 ruling)", void, u256, u256>;
    using WrongFee = CustomError<"WrongFee()">;

    static constexpr u256 cost{5u};

    void construct() {}
    u256 arbitration_cost(Bytes) const { return cost; }
    u256 create_dispute(u256, Bytes) {
        require(value() == cost, WrongFee{});
        const u256 id = get(count_);
        set(count_, id + u256{1u});
        return id;
    }
    void give(Address to, u256 dispute, u256 ruling) { Rule::call(*this, to, dispute, ruling); }

    static constexpr auto constructor = Method<"constructor()", &StubArbitrator::construct>{};
    static constexpr auto abi = Methods<
        Method<"arbitrationCost(bytes extraData) view returns (uint256)",
               &StubArbitrator::arbitration_cost>,
        Method<"createDispute(uint256 choices, bytes extraData) payable returns (uint256)",
               &StubArbitrator::create_dispute>,
        Method<"give(address to, uint256 disputeId, uint256 ruling)", &StubArbitrator::give>>{};

private:
    static constexpr Slot<u256> count_{0};
};

inline const NativeType& stub_arbitrator_type() {
    static const NativeType type = native_type<StubArbitrator>(60'100, 1, "StubArbitrator");
    return type;
}

inline std::vector<NativeType> with_arbitrator(std::vector<NativeType> more) {
    more.push_back(stub_arbitrator_type());
    return more;
}

/// The requester, who attests the mission, is person 1; owners of agents are 31, 32, ..., each with
/// one agent and a stake of `endowment`.
class AgentsWorld : public World {
public:
    static constexpr uint16_t owner_count = 5;
    static constexpr u256 endowment{10'000u};
    static constexpr uint64_t commit_seconds = 1'000;
    static constexpr uint64_t reveal_seconds = 1'000;
    static constexpr uint64_t challenge_seconds = 4'000;

    /// The contract at Agents' address is of the type `type`, which is among `more` or native.
    explicit AgentsWorld(std::vector<NativeType> more = {}, std::string_view type = "Agents")
        : World(with_arbitrator(more)) {
        put_code(contracts::arbitrator, stub_arbitrator_type());
        for (const NativeType& one : more)
            if (one.name == type) put_code(contracts::agents, one);
        mission_ = found_mission(*this, requester());
        currency_ = create(requester(), "AssetToken", {},
                           TokenParams{.name = "Dollar",
                                       .symbol = "USD",
                                       .decimals = 6,
                                       .record = mission_,
                                       .issuer = requester(),
                                       .initial_supply = u256{1u} << 200,
                                       .mintable = true})
                        .value<Address>();
        approve(requester());
        for (uint16_t i = 0; i < owner_count; ++i) {
            endow(owner(i));
            agents_.push_back(register_agent(owner(i)));
            stake(owner(i), endowment);
        }
    }

    static Address requester() { return person(1); }
    static Address owner(uint16_t i) { return person(static_cast<uint16_t>(31 + i)); }
    static Hash indicator() { return Hash{{0x11}}; }
    const Hash& mission() const { return mission_; }
    const Address& currency() const { return currency_; }

    /// Money, its approval, and some coin for fees.
    void endow(const Address& who) {
        send<"transfer(address,uint256)">(requester(), currency_, who, u256{100'000u});
        approve(who);
    }
    void stake(const Address& who, const u256& amount) {
        check(send<"stake(address,uint256)">(who, contracts::agents, currency_, amount).ok(),
              "a test's stake is covered");
    }
    u256 register_agent(const Address& who) {
        return send<"register(string)">(who, contracts::agents, std::string("ipfs://agent"))
            .value<u256>();
    }

    /// A bounty of 900, stakes of 100, a band of 5.
    Question question(uint8_t quorum, uint8_t seats) {
        const uint64_t now = block().timestamp;
        return {.subject = mission_,
                .indicator = indicator(),
                .from = 10,
                .to = 20,
                .currency = currency_,
                .bounty = {u256{900u}},
                .stake = {u256{100u}},
                .band = u256{5u},
                .min_reputation = i256::of(-1'000'000),
                .quorum = quorum,
                .seats = seats,
                .commit_until = now + commit_seconds,
                .reveal_until = now + commit_seconds + reveal_seconds,
                .challenge = challenge_seconds,
                .consumer = {},
                .input = keccak256("input"),
                .arbitration = {}};
    }
    static constexpr FixedText request_text =
        "request((bytes32,bytes32,uint64,uint64,address,uint128,uint128,uint256,int256,uint8,uint8,"
        "uint64,uint64,uint32,address,bytes32,bytes),string)";
    Outcome ask_outcome(const Question& question, const Address& from = requester()) {
        return send<request_text>(from, contracts::agents, question, std::string("ipfs://work"));
    }
    u256 ask_agents(const Question& question, const Address& from = requester()) {
        return ask_outcome(question, from).value<u256>();
    }

    static Hash salt(const Address& who) { return keccak256(to_hex(who)); }
    Hash commitment(const u256& id, const Address& who, int64_t value) {
        return ask<"commitmentOf(uint256,address,int256,bytes32)">(contracts::agents, id, who,
                                                                   i256::of(value), salt(who))
            .value<Hash>();
    }
    Outcome commit_as(const Address& who, const u256& id, const u256& agent, const Hash& hash) {
        return send<"commit(uint256,uint256,bytes32)">(who, contracts::agents, id, agent, hash);
    }
    Outcome commit_hash(const u256& id, uint16_t i, const Hash& hash) {
        return commit_as(owner(i), id, agents_[i], hash);
    }
    Outcome commit(const u256& id, uint16_t i, int64_t value) {
        return commit_hash(id, i, commitment(id, owner(i), value));
    }
    Outcome reveal_with(const u256& id, const Address& who, int64_t value, const Hash& salt) {
        return send<"reveal(uint256,address,int256,bytes32)">(anyone(), contracts::agents, id, who,
                                                              i256::of(value), salt);
    }
    Outcome reveal(const u256& id, uint16_t i, int64_t value) {
        return reveal_with(id, owner(i), value, salt(owner(i)));
    }
    /// A request with as many seats, on which the first owners commit these values.
    u256 committed(const std::vector<int64_t>& values) {
        const u256 id = ask_agents(question(3, static_cast<uint8_t>(values.size())));
        for (uint16_t i = 0; i < values.size(); ++i)
            check(commit(id, i, values[i]).ok(), "a test's commitment is taken");
        return id;
    }
    u256 settled(const std::vector<int64_t>& values) {
        const u256 id = committed(values);
        for (uint16_t i = 0; i < values.size(); ++i) reveal(id, i, values[i]);
        check(settle(id).ok(), "all have revealed");
        return id;
    }
    u256 concluded(const std::vector<int64_t>& values) {
        const u256 id = settled(values);
        advance(challenge_seconds + 1);
        check(finalize(id).ok(), "the window is over");
        return id;
    }
    Outcome settle(const u256& id) {
        return send<"settle(uint256)">(anyone(), contracts::agents, id);
    }
    Outcome finalize(const u256& id) {
        return send<"finalize(uint256)">(anyone(), contracts::agents, id);
    }
    Outcome publish(const u256& id) {
        return send<"publish(uint256)">(anyone(), contracts::agents, id);
    }
    Outcome expire(const u256& id) {
        return send<"expireChallenge(uint256)">(anyone(), contracts::agents, id);
    }
    Outcome challenge(const u256& id, const Address& who, int64_t value,
                      const u256& fee = StubArbitrator::cost) {
        endow(who);
        pay_coin(who);
        return send_data(who, contracts::agents,
                         calldata<"challenge(uint256,int256)">(id, i256::of(value)), fee);
    }
    Outcome rule(uint64_t dispute, uint64_t ruling) {
        return send<"give(address,uint256,uint256)">(
            anyone(), contracts::arbitrator, contracts::agents, u256{dispute}, u256{ruling});
    }
    Outcome rate(const u256& id, uint16_t i, uint8_t value, const Address& by = requester()) {
        return send<"rate(uint256,address,uint8)">(by, contracts::agents, id, owner(i), value);
    }
    Outcome collect(const Address& who) {
        return send<"collect(address,address)">(anyone(), contracts::agents, currency_, who);
    }
    Outcome begin_unstake(const Address& who, const u256& amount) {
        return send<"beginUnstake(address,uint256)">(who, contracts::agents, currency_, amount);
    }
    Outcome finish_unstake(const Address& who) {
        return send<"finishUnstake(address,address)">(anyone(), contracts::agents, currency_, who);
    }

    RequestState request_state(const u256& id) { return RequestState{std::get<0>(result(id))}; }
    i256 answer(const u256& id) { return std::get<1>(result(id)); }
    u256 owed(const Address& who) {
        return ask<"owedTo(address,address)">(contracts::agents, who, currency_).value<u256>();
    }
    u256 money_of(const Address& who) {
        return ask<"balanceOf(address)">(currency_, who).value<u256>();
    }
    u256 staked(const Address& who) { return std::get<0>(stake_of(who)); }
    u256 locked(const Address& who) { return std::get<1>(stake_of(who)); }
    std::tuple<i256, uint64_t> reputation(const Address& who) {
        const Outcome out = ask<"reputation(address,bytes32)">(
            contracts::agents, who, reputation::topic_of(currency_, indicator()));
        return abi::decode<i256, uint64_t>(out.result.output).value();
    }
    i256 score(const Address& who) { return std::get<0>(reputation(who)); }
    uint64_t outcomes(const Address& who) { return std::get<1>(reputation(who)); }

private:
    static Address anyone() { return person(99); }
    std::tuple<uint8_t, i256, uint8_t, uint64_t> result(const u256& id) {
        const Outcome out = ask<"result(uint256)">(contracts::agents, id);
        return abi::decode<uint8_t, i256, uint8_t, uint64_t>(out.result.output).value();
    }
    std::tuple<u256, u256, u256, uint64_t> stake_of(const Address& who) {
        const Outcome out = ask<"stakeOf(address,address)">(contracts::agents, who, currency_);
        return abi::decode<u256, u256, u256, uint64_t>(out.result.output).value();
    }
    void approve(const Address& who) {
        send<"approve(address,uint256)">(who, currency_, contracts::agents, u256_max);
    }
    void put_code(const Address& at, const NativeType& type) {
        state().begin_transaction();
        state().set_nonce(at, 1);
        state().set_code(at, native_code(type));
        state().end_transaction();
    }
    void pay_coin(const Address& who) {
        state().begin_transaction();
        state().set_balance(who, u256{1'000u});
        state().end_transaction();
    }

    Hash mission_;
    Address currency_;
    std::vector<u256> agents_;
};

}  // namespace plume::test
