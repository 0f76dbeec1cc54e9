using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Net;

namespace Parley.Ice.Tests;

/// <summary>A foreign STUN server: coturn's <c>turnserver</c>, over loopback.</summary>
public sealed class CoturnTests
{
    [Fact]
    public void Coturn_OverLoopback_AnswersAndGatheringCompletes()
    {
        using var free = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        free.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)free.LocalEndPoint!).Port;
        free.Close();
        using var server = Start(port);
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 100 };
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var local = new TransportAddress(IPAddress.Loopback, ((IPEndPoint)socket.LocalEndPoint!).Port);
            var agent = new IceAgent(new IceAgentOptions(), RandomSource.System, NullLogger.Instance);
            agent.AddLocalAddress(local, NetworkInterfaceKind.Loopback, Now);
            agent.AddStunServer(new TransportAddress(IPAddress.Loopback, port));
            agent.StartGathering(Now);

            Run(agent, socket, local, server);

            // Without a NAT the server sees the base itself: no candidate beyond the host's, and no error.
            Assert.Equal(IceGatheringState.Complete, agent.GatheringState);
            Assert.Single(agent.LocalCandidates);
            Assert.Equal(0, agent.Counters.UnexpectedResponses + agent.Counters.MalformedDatagrams);
            while (agent.TryRead(out var happened))
            {
                Assert.NotEqual(IceEventKind.CandidateError, happened.Kind);
            }
        }
        finally
        {
            server.Kill();
            server.WaitForExit();
            File.Delete(DatabaseFile(port));
        }
    }

    private static Instant Now => Instant.Now(TimeProvider.System);

    private static string DatabaseFile(int port) => Path.Combine(Path.GetTempPath(), $"parley-turndb-{port}");

    private static Process Start(int port)
    {
        // A machine without coturn fails here, and says so: ./test installs it.
        var start = new ProcessStartInfo("turnserver")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "-n", "--no-auth", "--no-tls", "--no-dtls", "--no-tcp", "--no-cli", "--listening-ip", "127.0.0.1",
                "--listening-port", port.ToString(System.Globalization.CultureInfo.InvariantCulture),
                "--log-file", "stdout", "--pidfile", "/dev/null", "--userdb", DatabaseFile(port),
            },
        };
        var server = Process.Start(start)!;
        server.OutputDataReceived += static (_, _) => { };
        server.ErrorDataReceived += static (_, _) => { };
        server.BeginOutputReadLine();
        server.BeginErrorReadLine();
        return server;
    }

    // The agent's own retransmission waits for the server to come up: 9.5 s are its bound, and the answer ends it.
    private static void Run(IceAgent agent, Socket socket, TransportAddress local, Process server)
    {
        var buffer = new byte[1500];
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        while (agent.GatheringState != IceGatheringState.Complete)
        {
            Assert.False(server.HasExited, "turnserver has ended");
            int length;
            while ((length = agent.Transmit(buffer, Now, out _, out var remote)) > 0)
            {
                socket.SendTo(buffer.AsSpan(0, length), remote.ToIPEndPoint());
            }

            try
            {
                length = socket.ReceiveFrom(buffer, ref from);
                var endPoint = (IPEndPoint)from;
                agent.Receive(buffer.AsSpan(0, length), local, new TransportAddress(endPoint.Address, endPoint.Port), Now);
            }
            catch (SocketException)
            {
                // Nothing yet, or the port is not open yet: the agent sends again.
                agent.Advance(Now);
            }
        }
    }
}
