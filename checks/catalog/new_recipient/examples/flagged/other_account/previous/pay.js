import { Wallet } from "./wallet.js";

export async function pay(amount) {
  return new Wallet().send("0x1111111111111111111111111111111111111111", amount);
}
