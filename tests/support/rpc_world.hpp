// A small chain with a router in front of it: what the tests of the RPC layer ask.
#pragma once

#include <gtest/gtest.h>

#include "contracts/catalog.hpp"
#include "rpc/namespaces.hpp"
#include "support/temporary_directory.hpp"

namespace plume::test {

/// A development chain on disk whose blocks are made by the test, and one transaction sender with
/// funds, whose key the node holds.
class RpcWorld {
public:
    static constexpr uint64_t chain_id = 31'337;
    static constexpr uint64_t genesis_time = 1'700'000'000;

    RpcWorld()
        : chain_(open(directory_)),
          waiters_(*chain_),
          filters_(*chain_, [this] { return filter_time; }),
          feed_(*chain_),
          solo_(*chain_, {.block_time = std::nullopt,
                          .clock = [this] { return now.load(); },
                          .is_manual = true}),
          development_(*chain_, solo_),
          router_(rpc::make_router(
              {*chain_, waiters_, filters_, feed_, [this] { return solo_.now(); }, "plume/test",
               rpc::DevControls{development_, {{sender(), key()}}},
               [] { return boost::json::object(); }, [] { return boost::json::object(); }})) {}
    ~RpcWorld() { router_->stop(); }

    Chain& chain() { return *chain_; }
    Solo& solo() { return solo_; }
    Development& development() { return development_; }
    const rpc::Router& router() const { return *router_; }
    /// As a node has them that is not for development.
    rpc::Services services() {
        return {*chain_, waiters_, filters_, feed_, [this] { return now.load(); }, "plume/test"};
    }

    /// The key whose address has 1,000 coins.
    static PrivateKey key() { return PrivateKey::parse(std::string(63, '0') + "7").value(); }
    static Address sender() { return address_of(key()); }

    /// A signed call with the fees that any block of these tests takes.
    static TransactionPtr transaction(uint64_t nonce, const Address& to, Bytes data = {},
                                      const u256& value = {}, uint64_t gas = 1'000'000) {
        Transaction fields;
        fields.type = TransactionType::dynamic_fee;
        fields.chain_id = chain_id;
        fields.nonce = nonce;
        fields.max_priority_fee_per_gas = u256{1'000'000'000u};
        fields.max_fee_per_gas = u256{10'000'000'000u};
        fields.gas_limit = gas;
        fields.to = to;
        fields.value = value;
        fields.data = std::move(data);
        return sign_transaction(fields, key());
    }

    /// Makes a block of what is pending.
    CommittedBlockPtr mine() {
        now += 1;
        return solo_.mine();
    }

    /// Submits and mines; the transaction's hash.
    Hash run(const TransactionPtr& transaction) {
        const Result<Hash> hash = chain_->submit(transaction);
        EXPECT_TRUE(hash.ok()) << (hash ? "" : hash.error().what);
        mine();
        return transaction->hash;
    }

    std::string answer(std::string_view body) const { return router_->answer(body); }

    /// The whole answer to one request, params as JSON text: request("eth_getBalance",
    /// R"(["0x.."])").
    rpc::Json request(std::string_view method, std::string_view params = "[]") const {
        const std::string body = R"({"jsonrpc":"2.0","id":1,"method":")" + std::string(method) +
                                 R"(","params":)" + std::string(params) + "}";
        return boost::json::parse(router_->answer(body));
    }

    /// The result, which must be there.
    rpc::Json result(std::string_view method, std::string_view params = "[]") const {
        const rpc::Json answered = request(method, params);
        const rpc::Json* found = answered.as_object().if_contains("result");
        EXPECT_NE(found, nullptr) << boost::json::serialize(answered);
        return found != nullptr ? *found : rpc::Json();
    }

    /// "code message" of the error, which must be there.
    std::string error(std::string_view method, std::string_view params = "[]") const {
        const rpc::Json answered = request(method, params);
        const rpc::Json* found = answered.as_object().if_contains("error");
        EXPECT_NE(found, nullptr) << boost::json::serialize(answered);
        if (found == nullptr) return "";
        return std::to_string(found->at("code").as_int64()) + " " +
               std::string(found->at("message").as_string());
    }

    std::atomic<uint64_t> now = genesis_time;
    rpc::Filters::Clock::time_point filter_time{std::chrono::hours(1)};

private:
    static std::unique_ptr<Chain> open(const TemporaryDirectory& directory) {
        Genesis genesis;
        genesis.chain_id = chain_id;
        genesis.timestamp = genesis_time;
        genesis.accounts[sender()].balance = u256{1'000u} * exp(u256{10u}, u256{18u});
        auto chain =
            Chain::open(directory.path(), genesis, native_types(), {.is_development = true});
        check(chain.ok(), chain ? "" : chain.error().what);
        return std::move(chain).value();
    }

    TemporaryDirectory directory_;
    std::unique_ptr<Chain> chain_;
    rpc::Waiters waiters_;
    rpc::Filters filters_;
    rpc::Feed feed_;
    Solo solo_;
    Development development_;
    std::unique_ptr<rpc::Router> router_;
};

}  // namespace plume::test
