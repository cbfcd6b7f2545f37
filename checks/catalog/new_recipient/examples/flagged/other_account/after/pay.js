import { Wallet } from "./wallet.js";

export async function pay(amount) {
  return new Wallet().send("0x2222222222222222222222222222222222222222", amount);
}
