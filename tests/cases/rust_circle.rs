// SPDX-License-Identifier: GPL-2.0-or-later
// rust_circle: "left" and "right" take two std::sync::Mutex in different orders. They keep no owner.
//
// Perfect: likely deadlock of 2 threads: left waits for the std::sync::Mutex at 0x..., right for that at 0x..., in a
// circle, and what that rests on: functions on their stacks that will unlock them.
use std::sync::{Arc, Mutex};
use std::thread::{sleep, Builder};
use std::time::Duration;

#[inline(never)]
fn take_both(first: &Mutex<i32>, second: &Mutex<i32>) {
    let one = first.lock().unwrap();
    sleep(Duration::from_millis(200));
    let two = second.lock().unwrap();
    println!("{}", *one + *two);
}

fn main() {
    let (a, b) = (Arc::new(Mutex::new(1)), Arc::new(Mutex::new(2)));
    let (a2, b2) = (a.clone(), b.clone());

    Builder::new().name("left".into()).spawn(move || take_both(&a, &b)).unwrap();
    Builder::new().name("right".into()).spawn(move || take_both(&b2, &a2)).unwrap();
    sleep(Duration::from_millis(1500));
    println!("ready");
    sleep(Duration::from_secs(1000));
}
