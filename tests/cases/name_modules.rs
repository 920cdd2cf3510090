// SPDX-License-Identifier: GPL-2.0-or-later
// name_modules: three threads wait for the next number of a stage, in modules that are called "mutex",
// "spinlock_free_queue" and "acquire". None of them waits for a lock.
//
// Perfect: nothing is said of a lock, and no thread is held up.
mod mutex {
    pub mod spinlock_free_queue {
        pub mod acquire {
            use std::sync::{Condvar, Mutex};

            pub struct Stage {
                pub number: Mutex<u64>,
                pub changed: Condvar,
            }

            impl Stage {
                #[inline(never)]
                pub fn follow(&self) -> u64 {
                    let mut number = self.number.lock().unwrap();
                    while *number == 0 {
                        number = self.changed.wait(number).unwrap();
                    }
                    *number
                }
            }
        }
    }
}

use mutex::spinlock_free_queue::acquire::Stage;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{sleep, spawn};
use std::time::Duration;

fn main() {
    let stage = Arc::new(Stage { number: Mutex::new(0), changed: Condvar::new() });

    for _ in 0..3 {
        let stage = stage.clone();
        spawn(move || println!("{}", stage.follow()));
    }
    sleep(Duration::from_millis(500));
    println!("ready");
    sleep(Duration::from_secs(1000));
}
