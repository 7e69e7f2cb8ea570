# What the suite of web3.py wants to find on a node: deployed contracts, blocks with and without
# transactions, an account whose key the node holds. The node is given by PLUME_RPC and PLUME_WS;
# its accounts are those of `plume dev`.
import os

import pytest
import pytest_asyncio
from web3 import AsyncHTTPProvider, AsyncWeb3, HTTPProvider, Web3, WebSocketProvider
from web3._utils.contract_sources.contract_data import (
    emitter_contract as emitter_data,
    math_contract as math_data,
    offchain_lookup as offchain_lookup_data,
    panic_errors_contract as panic_errors_data,
    revert_contract as revert_data,
    storage_contract as storage_data,
)
from web3._utils.contract_sources.contract_data._custom_contract_data import EMITTER_ENUM
from web3._utils.module_testing.utils import RequestMocker

from skipped import skipped

RPC = os.environ["PLUME_RPC"]
WEBSOCKET = os.environ["PLUME_WS"]
# The first account of the phrase that `plume dev` and its kin share.
KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"


def pytest_collection_modifyitems(items):
    used = set()
    for item in items:
        for name in (item.originalname, f"{item.cls.__name__}.{item.originalname}"):
            if name in skipped:
                used.add(name)
                item.add_marker(pytest.mark.skip(reason=skipped[name]))
    gone = sorted(set(skipped) - used)
    if gone and len(items) > 100:
        raise pytest.UsageError(f"skipped.py names tests that do not exist: {gone}")


@pytest.fixture(scope="session")
def world():
    """The contracts and blocks, made once: their addresses and hashes by name."""
    w3 = Web3(HTTPProvider(RPC))
    sender = w3.eth.accounts[0]

    def settle(transaction):
        w3.provider.make_request("evm_mine", [])
        receipt = w3.eth.wait_for_transaction_receipt(transaction, poll_latency=0.02)
        assert receipt["status"] == 1
        return receipt

    def deploy(data):
        factory = w3.eth.contract(abi=data["abi"], bytecode=data["bytecode"])
        return settle(factory.constructor().transact({"from": sender}))

    out = {}
    for name, data in CONTRACTS.items():
        out[name] = deploy(data)["contractAddress"]
    math = deploy(math_data.MATH_CONTRACT_DATA)
    out["math_deploy"] = math["transactionHash"].to_0x_hex()
    emitter = w3.eth.contract(address=out["emitter"], abi=emitter_data.EMITTER_CONTRACT_ABI)
    event = EMITTER_ENUM["LogDoubleWithIndex"]
    logged = settle(emitter.functions.logDouble(event, 12345, 54321).transact({"from": sender}))
    out["logged"] = logged["transactionHash"].to_0x_hex()
    out["block_with_log"] = logged["blockHash"]
    mined = settle(w3.eth.send_transaction({"from": sender, "to": sender, "value": 1}))
    out["mined"] = mined["transactionHash"].to_0x_hex()
    out["block_with_txn"] = mined["blockHash"]
    w3.provider.make_request("evm_mine", [])
    number = w3.eth.block_number
    while w3.eth.get_block_transaction_count(number) > 0:
        number -= 1
    out["empty_block"] = w3.eth.get_block(number)["hash"]
    return out


@pytest.fixture(scope="class", autouse=True)
def undone(world):
    """Each class begins with the same chain: the suite was written for one class a node."""
    ask = Web3(HTTPProvider(RPC)).provider.make_request
    snapshot = ask("evm_snapshot", [])["result"]
    yield
    assert ask("evm_revert", [snapshot])["result"]


@pytest.fixture(autouse=True)
def settled(undone):
    """What the test before has left waiting is in a block, so that tests do not depend on it."""
    Web3(HTTPProvider(RPC)).provider.make_request("evm_mine", [])


CONTRACTS = {
    "emitter": emitter_data.EMITTER_CONTRACT_DATA,
    "math": math_data.MATH_CONTRACT_DATA,
    "offchain_lookup": offchain_lookup_data.OFFCHAIN_LOOKUP_DATA,
    "panic_errors": panic_errors_data.PANIC_ERRORS_CONTRACT_DATA,
    "revert": revert_data.REVERT_CONTRACT_DATA,
    "storage": storage_data.STORAGE_CONTRACT_DATA,
}


@pytest.fixture(scope="module")
def w3():
    return Web3(HTTPProvider(RPC))


@pytest_asyncio.fixture(scope="module")
async def async_w3(request):
    if getattr(request.module, "IS_PERSISTENT", False):
        async with AsyncWeb3(WebSocketProvider(WEBSOCKET)) as connected:
            yield connected
        return
    provider = AsyncHTTPProvider(RPC)
    yield AsyncWeb3(provider)
    await provider.disconnect()


@pytest.fixture(scope="session")
def request_mocker():
    return RequestMocker


def contract(name, of):
    """A fixture with the contract `name` on the client that the fixture `of` is."""

    @pytest.fixture(scope="module")
    def fixture(request, world):
        w3 = request.getfixturevalue(of)
        return w3.eth.contract(address=world[name], abi=CONTRACTS[name]["abi"])

    return fixture


emitter_contract = contract("emitter", "w3")
math_contract = contract("math", "w3")
offchain_lookup_contract = contract("offchain_lookup", "w3")
panic_errors_contract = contract("panic_errors", "w3")
revert_contract = contract("revert", "w3")
storage_contract = contract("storage", "w3")
async_emitter_contract = contract("emitter", "async_w3")
async_math_contract = contract("math", "async_w3")
async_offchain_lookup_contract = contract("offchain_lookup", "async_w3")
async_panic_errors_contract = contract("panic_errors", "async_w3")
async_revert_contract = contract("revert", "async_w3")
async_storage_contract = contract("storage", "async_w3")


def known(name):
    """A fixture with what the world has by this name."""
    return pytest.fixture(scope="module")(lambda world: world[name])


emitter_contract_address = async_emitter_contract_address = known("emitter")
math_contract_address = async_math_contract_address = known("math")
math_contract_deploy_txn_hash = known("math_deploy")
mined_txn_hash = known("mined")
txn_hash_with_log = known("logged")


def block(name):
    @pytest.fixture(scope="module")
    def fixture(world):
        return Web3(HTTPProvider(RPC)).eth.get_block(world[name])

    return fixture


empty_block = async_empty_block = block("empty_block")
block_with_txn = async_block_with_txn = block("block_with_txn")
block_with_txn_with_log = async_block_with_txn_with_log = block("block_with_log")


@pytest.fixture(scope="session")
def keyfile_account_pkey():
    return KEY


@pytest.fixture(scope="session")
def keyfile_account_address():
    return Web3().eth.account.from_key(KEY).address


keyfile_account_address_dual_type = async_keyfile_account_address = keyfile_account_address
async_keyfile_account_address_dual_type = keyfile_account_address


@pytest.fixture(scope="session")
def async_skip_if_testrpc():
    return lambda w3: None


skip_if_testrpc = async_skip_if_testrpc
