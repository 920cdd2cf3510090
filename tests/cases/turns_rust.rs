// SPDX-License-Identifier: GPL-2.0-or-later
// turns_rust: the thread pool of the Rust book: each worker has the receiver's Mutex while it waits for a job.
// With "full": two senders wait for room in a channel, whose receiver sleeps.
//
// Perfect: no warning. The one that has the Mutex waits for the next item of a channel; the senders for room.
use std::sync::{mpsc, Arc, Mutex};
use std::thread::{sleep, Builder};
use std::time::Duration;

fn serve(jobs: &Mutex<mpsc::Receiver<i32>>) {
    loop {
        let job = jobs.lock().unwrap().recv();
        match job {
            Ok(number) => println!("{number}"),
            Err(_) => break,
        }
    }
}

fn main() {
    let full = std::env::args().nth(1).is_some_and(|how| how == "full");
    let (sender, receiver) = mpsc::sync_channel(1);
    let jobs = Arc::new(Mutex::new(receiver));

    for _ in 0..if full { 2 } else { 0 } {
        let sender = sender.clone();
        Builder::new().name("sender".into()).spawn(move || while sender.send(1).is_ok() {}).unwrap();
    }
    for _ in 0..if full { 0 } else { 4 } {
        let jobs = jobs.clone();
        Builder::new().name("worker".into()).spawn(move || serve(&jobs)).unwrap();
    }
    sleep(Duration::from_millis(1500));
    println!("ready");
    sleep(Duration::from_secs(1000));
    drop((sender, jobs));
}
