// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";
import {ERC1155Supply} from "@openzeppelin/contracts/token/ERC1155/extensions/ERC1155Supply.sol";
import {ERC1155Burnable} from "@openzeppelin/contracts/token/ERC1155/extensions/ERC1155Burnable.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

/// What AssetItems says it is, made of OpenZeppelin's parts: the other side of the twins test.
contract ItemTwin is ERC1155Supply, ERC1155Burnable, Ownable {
    constructor(string memory uri_, address issuer_) ERC1155(uri_) Ownable(issuer_) {}

    function mint(address to, uint256 id, uint256 value, bytes memory data) external onlyOwner {
        _mint(to, id, value, data);
    }

    function mintBatch(
        address to,
        uint256[] memory ids,
        uint256[] memory values,
        bytes memory data
    )
        external
        onlyOwner
    {
        _mintBatch(to, ids, values, data);
    }

    function _update(address from, address to, uint256[] memory ids, uint256[] memory values)
        internal
        virtual
        override(ERC1155, ERC1155Supply)
    {
        super._update(from, to, ids, values);
    }
}

/// A twin with one flaw, to show that the comparison sees it: it owns one of everything.
contract FlawedItemTwin is ItemTwin {
    constructor(string memory uri_, address issuer_) ItemTwin(uri_, issuer_) {}

    function balanceOf(address account, uint256 id) public view override returns (uint256) {
        return account == address(this) ? 1 : super.balanceOf(account, id);
    }
}

/// Is offered items, and answers in the way it was made for.
contract ItemReceiver {
    enum Way {
        takes,
        refuses,
        explains,
        panics,
        mumbles,
        stammers,
        swaps
    }

    error NotToday(uint256 id);

    Way private immutable way;

    constructor(Way way_) {
        way = way_;
    }

    function onERC1155Received(address, address, uint256 id, uint256, bytes calldata)
        external
        view
        returns (bytes4)
    {
        return answer(0xf23a6e61, 0xbc197c81, id);
    }

    function onERC1155BatchReceived(
        address,
        address,
        uint256[] calldata ids,
        uint256[] calldata,
        bytes calldata
    )
        external
        view
        returns (bytes4)
    {
        return answer(0xbc197c81, 0xf23a6e61, ids.length);
    }

    function answer(bytes4 right, bytes4 wrong, uint256 number) private view returns (bytes4) {
        if (way == Way.refuses) {
            assembly {
                revert(0, 0)
            }
        }
        if (way == Way.explains) revert NotToday(number);
        if (way == Way.panics) assert(number == type(uint256).max);
        if (way == Way.mumbles) {
            assembly {
                mstore(0, not(0))
                return(0, 32)
            }
        }
        if (way == Way.stammers) {
            assembly {
                return(0, 3)
            }
        }
        return way == Way.swaps ? wrong : right;
    }
}
