// go_leaked_http: a server whose handler gives up waiting for a result after 1 ms; the goroutine that computes
// it sends it later, on a channel without a buffer, which nobody has any more. Its connections, the workers
// that wait for jobs and the goroutines of net/http wait as well, and can go on.
// Perfect answer: 20 leaked goroutines, senders, created in the handler; nothing else.
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"
)

const requests = 20

var jobs = make(chan int)

func compute(result chan<- string) {
	time.Sleep(20 * time.Millisecond)
	result <- "done"
}

func handle(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), time.Millisecond)
	defer cancel()
	result := make(chan string)
	go compute(result)
	select {
	case text := <-result:
		fmt.Fprint(w, text)
	case <-ctx.Done():
		http.Error(w, "too late", http.StatusGatewayTimeout)
	}
}

func work(wg *sync.WaitGroup) {
	defer wg.Done()
	for range jobs {
	}
}

func main() {
	var wg sync.WaitGroup
	server := httptest.NewServer(http.HandlerFunc(handle))
	client := server.Client()

	for i := 0; i < 4; i++ {
		wg.Add(1)
		go work(&wg)
	}
	go func() {
		wg.Wait()
		server.Close()
	}()
	for i := 0; i < requests; i++ {
		answer, err := client.Get(server.URL)
		if err != nil {
			panic(err)
		}
		io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
	}
	time.Sleep(200 * time.Millisecond)
	fmt.Printf("ready leaked=%d\n", requests)
	for {
		time.Sleep(time.Second)
	}
}
