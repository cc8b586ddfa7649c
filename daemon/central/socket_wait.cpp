// See socket_wait.hpp. Nothing is left in the io_context when a wait ends: its handlers speak of
// what lives as long as the wait.
#include "daemon/central/socket_wait.hpp"

#include <boost/asio/post.hpp>

namespace pulih::central {

using boost::system::error_code;
using Descriptor = boost::asio::posix::stream_descriptor;

SocketWait::Ended SocketWait::wait(int socket, For what, std::chrono::milliseconds patience) {
  if (!socket_.is_open() || socket_.native_handle() != socket) {
    let_go();
    error_code wrong;
    socket_.assign(socket, wrong);
    if (wrong) return Ended::impossible;
  }
  bool ready = false, late = false;
  const auto on_socket = [&](const error_code& error) {
    ready |= error != boost::asio::error::operation_aborted;
  };
  if (what != For::writing) socket_.async_wait(Descriptor::wait_read, on_socket);
  if (what != For::reading) socket_.async_wait(Descriptor::wait_write, on_socket);
  patience_.expires_after(patience);
  patience_.async_wait([&](const error_code& error) { late |= !error; });
  io_.restart();
  while (!ready && !late && !interrupted_) io_.run_one();
  socket_.cancel();
  patience_.cancel();
  io_.run();
  if (interrupted_) return Ended::interrupted;
  return ready ? Ended::ready : Ended::late;
}

void SocketWait::let_go() {
  if (socket_.is_open()) socket_.release();
}

void SocketWait::interrupt() {
  interrupted_ = true;
  boost::asio::post(io_, [] {});  // wakes it
}

}  // namespace pulih::central
