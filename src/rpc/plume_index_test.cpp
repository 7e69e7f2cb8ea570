// The index on a real chain, held against what eth_getLogs says of the same blocks.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <random>

#include "contracts/addresses.hpp"
#include "contracts/eas.hpp"
#include "contracts/launcher.hpp"
#include "contracts/token.hpp"
#include "index/indexer.hpp"
#include "index/listings.hpp"
#include "support/rpc_world.hpp"

namespace plume::rpc {
namespace {

namespace fs = std::filesystem;

template <FixedText signature, class... T>
Bytes calldata(const T&... arguments) {
    static constexpr Selector selector =
        plume::detail::selector_of(plume::detail::signature_hash<signature>());
    Bytes out(selector.begin(), selector.end());
    append(out, abi::encode(arguments...));
    return out;
}

Hash named(std::string_view text) {
    Hash out;
    std::ranges::copy(view_of(text), out.bytes.begin());
    return out;
}

/// A chain with a mission and tokens of it, some people, and an index with a router of its own.
class PlumeIndex : public testing::Test {
protected:
    static constexpr size_t people = 5;

    PlumeIndex() : file(folder.path() / "index.db") {
        for (size_t i = 0; i < people; ++i) {
            keys.push_back(
                PrivateKey::parse(std::string(62, '0') + "1" + std::to_string(i)).value());
            run(0, address(i), {}, u256{5u} * exp(u256{10u}, u256{18u}));
        }
        run(0, contracts::attestations,
            calldata<"register(string,address,bool)">(std::string("string mission"), Address{},
                                                      true));
        schema = eas::schema_uid("string mission", {}, true);
        mission = attest({});
        start_index();
    }

    void start_index() {
        index = std::make_unique<Indexer>(world.chain(), file);
        Services services = world.services();
        services.index = index.get();
        router = make_router(std::move(services));
    }

    Address address(size_t person) const { return address_of(keys.at(person)); }

    /// Runs a call of a person, or of the one with the funds, in a block of its own; its receipt.
    Receipt run(size_t person_or_founder, const Address& to, Bytes data, const u256& value = {},
                bool is_founder = true) {
        const PrivateKey& key = is_founder ? test::RpcWorld::key() : keys.at(person_or_founder);
        Transaction fields;
        fields.type = TransactionType::dynamic_fee;
        fields.chain_id = test::RpcWorld::chain_id;
        fields.nonce = world.chain().pending_nonce(address_of(key));
        fields.max_priority_fee_per_gas = u256{1'000'000'000u};
        fields.max_fee_per_gas = u256{10'000'000'000u};
        fields.gas_limit = 8'000'000;
        fields.to = to;
        fields.value = value;
        fields.data = std::move(data);
        const Result<Hash> hash = world.chain().submit(sign_transaction(fields, key));
        EXPECT_TRUE(hash.ok()) << (hash ? "" : hash.error().what);
        const auto block = world.mine();
        EXPECT_EQ(block->receipts.size(), 1u);
        return block->receipts.front();
    }
    Receipt run_as(size_t person, const Address& to, Bytes data) {
        return run(person, to, std::move(data), {}, false);
    }

    Hash attest(const Address& about) {
        const Receipt receipt =
            run(0, contracts::attestations,
                calldata<"attest((bytes32,(address,uint64,bool,bytes32,bytes,uint256)))">(
                    eas::AttestationRequest{schema,
                                            {.recipient = about,
                                             .expiration_time = 0,
                                             .revocable = true,
                                             .ref_uid = {},
                                             .data = abi::encode(std::string("Teach")),
                                             .value = {}}}));
        EXPECT_TRUE(receipt.success);
        for (const Log& log : receipt.logs)
            if (const auto made = eas::Attested::decode(log)) return std::get<2>(*made);
        ADD_FAILURE() << "no record";
        return {};
    }

    Address launch(std::string_view name, const Bytes& params) {
        const Receipt receipt =
            run(0, contracts::launcher, calldata<"launch(bytes32,bytes)">(named(name), params));
        EXPECT_TRUE(receipt.success);
        for (const Log& log : receipt.logs)
            if (const auto launched = Launcher::Launched::decode(log))
                return std::get<2>(*launched);
        ADD_FAILURE() << "nothing was launched";
        return {};
    }
    Address launch_token(const std::string& symbol) {
        return launch("AssetToken", abi::encode(TokenParams{.name = symbol + " token",
                                                            .symbol = symbol,
                                                            .decimals = 6,
                                                            .record = mission,
                                                            .issuer = test::RpcWorld::sender(),
                                                            .initial_supply = u256{1'000'000u},
                                                            .mintable = true}));
    }

    Json request(std::string_view method, const boost::json::array& params) const {
        return boost::json::parse(router->answer(boost::json::serialize(boost::json::object{
            {"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", params}})));
    }
    Json result(std::string_view method, const boost::json::array& params = {}) const {
        const Json answered = request(method, params);
        const Json* found = answered.as_object().if_contains("result");
        EXPECT_NE(found, nullptr) << answered;
        return found != nullptr ? *found : Json(boost::json::object{});
    }
    std::string error(std::string_view method, const boost::json::array& params) const {
        const Json answered = request(method, params);
        const Json* found = answered.as_object().if_contains("error");
        EXPECT_NE(found, nullptr) << answered;
        return found == nullptr ? "" : std::string(found->at("message").as_string());
    }
    /// All items of a list, by pages of `limit`.
    boost::json::array all(std::string_view method, boost::json::object question,
                           uint64_t limit) const {
        boost::json::array out;
        question["limit"] = limit;
        for (;;) {
            const Json page = result(method, {question});
            for (const Json& item : page.at("items").as_array()) out.push_back(item);
            if (page.at("next").is_null()) return out;
            question["cursor"] = page.at("next");
        }
    }

    /// Every row of every table, in order.
    static std::string dump(const fs::path& from) {
        auto database = std::move(Sqlite::open(from, Sqlite::Mode::read)).value();
        std::string out;
        std::vector<std::string> tables;
        Statement names(*database,
                        "SELECT name FROM sqlite_master WHERE type = 'table' "
                        "ORDER BY name");
        while (names.step()) tables.emplace_back(names.text(0));
        for (const std::string& table : tables) {
            out += table + "\n";
            std::string columns;
            Statement info(*database, "SELECT name FROM pragma_table_info('" + table + "')");
            while (info.step())
                columns += (columns.empty() ? "" : " || ',' || ") +
                           ("quote(" + std::string(info.text(0)) + ")");
            Statement rows(*database, "SELECT " + columns + " FROM " + table + " ORDER BY 1");
            while (rows.step()) out += std::string(rows.text(0)) + "\n";
        }
        EXPECT_TRUE(database->outcome().ok()) << database->error();
        return out;
    }

    void play(std::mt19937_64& random, size_t steps);
    std::map<Address, u256> replayed(const Address& token, uint64_t to_block) const;

    test::RpcWorld world;
    test::TemporaryDirectory folder;
    fs::path file;
    std::vector<PrivateKey> keys;
    Hash schema, mission;
    std::vector<Address> tokens;
    std::vector<Hash> records;
    std::unique_ptr<Indexer> index;
    std::unique_ptr<Router> router;
};

/// Moves, makings, endings, revenue and records, at random; some are refused.
void PlumeIndex::play(std::mt19937_64& random, size_t steps) {
    const auto below = [&](uint64_t bound) { return random() % bound; };
    for (size_t i = 0; i < steps; ++i) {
        const Address token = tokens.at(below(tokens.size()));
        const Address who = address(below(people));
        switch (below(8)) {
            case 0:
                run(0, token, calldata<"transfer(address,uint256)">(who, u256{below(200'000)}));
                break;
            case 1:
                run(0, token, calldata<"mint(address,uint256)">(who, u256{below(1'000)}));
                break;
            case 2:
                records.push_back(attest(who));
                break;
            case 3:
                if (records.empty()) break;
                run(0, contracts::attestations,
                    calldata<"revoke((bytes32,(bytes32,uint256)))">(
                        eas::RevocationRequest{schema, {records.at(below(records.size())), {}}}));
                break;
            default:
                run_as(below(people), token,
                       calldata<"transfer(address,uint256)">(who, u256{below(90'000)}));
        }
    }
}

/// Balances by the logs alone; the zero address has minus the supply.
std::map<Address, u256> PlumeIndex::replayed(const Address& token, uint64_t to_block) const {
    std::map<Address, u256> out;
    const Json logs = result(
        "eth_getLogs",
        {boost::json::object{{"address", to_hex(token)},
                             {"fromBlock", "0x0"},
                             {"toBlock", to_quantity(u256{to_block})},
                             {"topics", boost::json::array{to_hex(AssetToken::Transfer::topic)}}}});
    for (const Json& log : logs.as_array()) {
        const auto topic = [&](size_t i) {
            return to_address(
                to_u256(Hash::parse(log.at("topics").as_array()[i].as_string()).value()));
        };
        const u256 amount = from_big_endian(from_hex(log.at("data").as_string()).value());
        out[topic(1)] -= amount;
        out[topic(2)] += amount;
    }
    return out;
}

TEST_F(PlumeIndex, holders_as_of_any_block_are_what_the_logs_say) {
    for (const uint64_t seed : {1, 2, 3}) {
        SCOPED_TRACE(seed);
        std::mt19937_64 random(seed);
        tokens.push_back(launch_token("T" + std::to_string(seed)));
        play(random, 60);
        const uint64_t head = world.chain().head()->number();
        for (int check = 0; check < 10; ++check) {
            const Address token = tokens.at(random() % tokens.size());
            const uint64_t block = random() % (head + 1);
            std::map<Address, u256> expected = replayed(token, block);
            const Json table =
                result("plume_capTable",
                       {to_hex(token), boost::json::object{{"asOf", block}, {"limit", 1'000}}});
            EXPECT_EQ(table.at("block").at("number").to_number<uint64_t>(), block);
            EXPECT_EQ(table.at("supply").as_string(), to_decimal(-expected[Address{}]));
            expected.erase(Address{});
            std::erase_if(expected, [](const auto& one) { return one.second.is_zero(); });
            std::map<Address, u256> found;
            for (const Json& row : table.at("items").as_array())
                found[Address::parse(row.at("holder").as_string()).value()] =
                    parse_decimal(row.at("amount").as_string()).value();
            EXPECT_EQ(found, expected);
        }
    }
}

TEST_F(PlumeIndex, lists_are_the_same_by_pages_of_any_size_and_hold_every_event) {
    std::mt19937_64 random(4);
    tokens.push_back(launch_token("ONE"));
    play(random, 40);
    const auto transfers = all("plume_transfers", {{"token", to_hex(tokens[0])}}, 1'000);
    EXPECT_EQ(transfers, all("plume_transfers", {{"token", to_hex(tokens[0])}}, 1));
    const Json logs = result(
        "eth_getLogs",
        {boost::json::object{{"address", to_hex(tokens[0])},
                             {"fromBlock", "0x0"},
                             {"topics", boost::json::array{to_hex(AssetToken::Transfer::topic)}}}});
    ASSERT_EQ(transfers.size(), logs.as_array().size());
    for (size_t i = 0; i < transfers.size(); ++i) {
        EXPECT_EQ(transfers[i].at("transaction"), logs.as_array()[i].at("transactionHash"));
        EXPECT_EQ(to_quantity(u256{transfers[i].at("block").to_number<uint64_t>()}),
                  logs.as_array()[i].at("blockNumber").as_string());
        EXPECT_EQ(to_quantity(u256{transfers[i].at("logIndex").to_number<uint64_t>()}),
                  logs.as_array()[i].at("logIndex").as_string());
    }
    const auto made = all("plume_records", {{"schema", to_hex(schema)}, {"event", "attested"}}, 7);
    EXPECT_EQ(made.size(), records.size() + 1);
    EXPECT_EQ(made.front().at("uid").as_string(), to_hex(mission));
}

TEST_F(PlumeIndex, made_anew_it_is_the_same_row_for_row) {
    std::mt19937_64 random(5);
    tokens.push_back(launch_token("ONE"));
    play(random, 50);
    ASSERT_TRUE(index->wait_for(world.chain().head()->number()));
    const std::string grown = dump(file);
    EXPECT_GT(grown.size(), 10'000u);
    const fs::path other = folder.path() / "other.db";
    Result<uint64_t> blocks = uint64_t{0};
    {
        const Thread thread("index",
                            [&] { blocks = rebuild_index(world.chain(), other, [](uint64_t) {}); });
    }
    ASSERT_TRUE(blocks.ok());
    EXPECT_EQ(*blocks, world.chain().head()->number() + 1);
    EXPECT_EQ(dump(other), grown);
}

TEST_F(PlumeIndex, what_a_chain_that_was_set_back_has_not_got_is_not_told) {
    std::mt19937_64 random(7);
    tokens.push_back(launch_token("ONE"));
    const uint64_t snapshot = world.development().snapshot().value();
    const uint64_t kept = world.chain().head()->number();
    const Json before = result("plume_holders", {to_hex(tokens[0])});
    play(random, 20);
    EXPECT_NE(result("plume_holders", {to_hex(tokens[0])}), before);

    EXPECT_TRUE(world.development().revert(snapshot).value());
    EXPECT_EQ(result("plume_holders", {to_hex(tokens[0])}), before);
    const Json status = result("plume_indexStatus");
    EXPECT_EQ(status.at("block").to_number<uint64_t>(), kept);
    EXPECT_EQ(status.at("head").to_number<uint64_t>(), kept);

    // As long as the one that went, but another.
    play(random, 20);
    ASSERT_TRUE(index->wait_for(world.chain().head()->number()));
    const std::string grown = dump(file);
    const fs::path other = folder.path() / "other.db";
    {
        const Thread thread("index", [&] {
            EXPECT_TRUE(rebuild_index(world.chain(), other, [](uint64_t) {}).ok());
        });
    }
    EXPECT_EQ(dump(other), grown);
}

TEST_F(PlumeIndex, stopped_anywhere_it_goes_on_where_it_was) {
    std::mt19937_64 random(6);
    tokens.push_back(launch_token("ONE"));
    for (int round = 0; round < 4; ++round) {
        play(random, 10);
        router.reset();
        index.reset();
        play(random, 5);
        start_index();
    }
    ASSERT_TRUE(index->wait_for(world.chain().head()->number()));
    const std::string grown = dump(file);
    const fs::path other = folder.path() / "other.db";
    {
        const Thread thread("index", [&] {
            EXPECT_TRUE(rebuild_index(world.chain(), other, [](uint64_t) {}).ok());
        });
    }
    EXPECT_EQ(dump(other), grown);
}

TEST_F(PlumeIndex, launched_contracts_are_listed_with_who_made_them) {
    const Address token = launch_token("ROOF");
    const Json list = result("plume_contracts", {boost::json::object{}});
    ASSERT_EQ(list.at("items").as_array().size(), 1u);
    const Json& item = list.at("items").as_array()[0];
    EXPECT_EQ(item.at("address").as_string(), to_hex(token));
    EXPECT_EQ(item.at("kind").as_string(), "AssetToken");
    EXPECT_EQ(item.at("template").as_string(), "AssetToken");
    EXPECT_EQ(item.at("creator").as_string(), to_hex(test::RpcWorld::sender()));
    EXPECT_EQ(item.at("record").as_string(), to_hex(mission));
    EXPECT_EQ(item.at("symbol").as_string(), "ROOF");
    EXPECT_EQ(item.at("decimals").to_number<uint64_t>(), 6u);
    EXPECT_GT(result("plume_contracts").as_array().size(), 5u) << "those of genesis, as ever";
    EXPECT_TRUE(result("plume_vaults").at("items").as_array().empty());
}

TEST_F(PlumeIndex, what_bytecode_says_is_not_believed) {
    // Emits Transfer(0, caller, 1) as any token would: LOG3 with topics from the code.
    Bytes code = from_hex("6001600052").value();
    append(code, from_hex("33").value());
    append(code, from_hex("6000").value());
    append(code, from_hex("7f").value());
    append(code, BytesView(AssetToken::Transfer::topic));
    append(code, from_hex("60206000a300").value());
    Bytes init = from_hex("60" + to_hex(Bytes{static_cast<uint8_t>(code.size())}).substr(2) +
                          "80600b6000396000f3")
                     .value();
    append(init, code);
    Transaction fields;
    fields.type = TransactionType::dynamic_fee;
    fields.chain_id = test::RpcWorld::chain_id;
    fields.nonce = world.chain().pending_nonce(test::RpcWorld::sender());
    fields.max_fee_per_gas = u256{10'000'000'000u};
    fields.gas_limit = 1'000'000;
    fields.data = init;
    ASSERT_TRUE(world.chain().submit(sign_transaction(fields, test::RpcWorld::key())).ok());
    const auto block = world.mine();
    const Address liar = block->receipts.at(0).contract_address.value();
    ASSERT_EQ(run(0, liar, {}).logs.size(), 1u);
    const Json table = result("plume_holders", {to_hex(liar)});
    EXPECT_TRUE(table.at("items").as_array().empty());
    EXPECT_EQ(table.at("supply").as_string(), "0");
}

TEST_F(PlumeIndex, questions_that_make_no_sense_are_refused_in_words) {
    using boost::json::object;
    const std::string token = to_hex(launch_token("ROOF"));
    const auto has = [](const std::string& text, std::string_view part) {
        EXPECT_NE(text.find(part), std::string::npos) << text;
    };
    has(error("plume_transfers", {object{{"owner", token}}}), "no filter of this list, which has");
    has(error("plume_transfers", {object{{"limit", 0}}}), "from 1 to 1000");
    has(error("plume_transfers", {object{{"limit", page_max + 1}}}), "from 1 to 1000");
    EXPECT_TRUE(result("plume_transfers", {object{{"limit", page_max}}}).is_object());
    has(error("plume_transfers", {object{{"cursor", "zzz"}}}), "not a cursor");
    has(error("plume_transfers", {object{{"token", "0x12"}}}), "invalid argument 0");
    has(error("plume_transfers", {object{{"toBlock", 1'000'000}}}), "is not in the index");
    has(error("plume_transfers", {object{{"fromBlock", 3}, {"toBlock", 2}}}), "after toBlock");
    has(error("plume_holders", {token, object{{"asOf", object{{"timestamp", 1}}}}}),
        "before the chain began");
    has(error("plume_holders", {token, object{{"asOf", object{}}}}), "one of them");
    has(error("plume_holders", boost::json::array{}), "missing value for required argument 0");
    has(error("plume_vault", {token}), "is no vault");
}

TEST_F(PlumeIndex, without_an_index_everything_else_goes_on) {
    EXPECT_NE(world.error("plume_vaults").find("keeps no index"), std::string::npos);
    EXPECT_NE(world.error("plume_indexStatus").find("keeps no index"), std::string::npos);
    EXPECT_FALSE(world.result("plume_contracts").as_array().empty());
}

TEST_F(PlumeIndex, a_broken_file_stops_answers_and_nothing_else) {
    router.reset();
    index.reset();
    remove_index(file);
    std::ofstream(file) << std::string(10'000, 'x');
    start_index();
    const Address token = launch_token("ROOF");
    EXPECT_NE(error("plume_vaults", boost::json::array{}).find("not available"), std::string::npos);
    const Json status = result("plume_indexStatus");
    EXPECT_TRUE(status.at("block").is_null());
    EXPECT_FALSE(status.at("error").is_null());
    EXPECT_GE(status.at("errors").to_number<uint64_t>(), 1u);
    EXPECT_EQ(result("eth_getCode", {to_hex(token)}).as_string().size(), 14u);
}

TEST_F(PlumeIndex, it_says_how_far_it_is) {
    ASSERT_TRUE(index->wait_for(world.chain().head()->number()));
    const Json status = result("plume_indexStatus");
    EXPECT_EQ(status.at("block"), status.at("head"));
    EXPECT_EQ(status.at("behind").to_number<uint64_t>(), 0u);
    EXPECT_TRUE(status.at("error").is_null());
}

}  // namespace
}  // namespace plume::rpc
