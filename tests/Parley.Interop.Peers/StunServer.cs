using System.Net;
using System.Net.Sockets;

namespace Parley.Interop.Peers;

/// <summary>coturn on this machine, as a STUN server and nothing else.</summary>
public sealed class StunServer : IAsyncDisposable
{
    private readonly ForeignProcess _process;
    private readonly DirectoryInfo _directory;

    private StunServer(ForeignProcess process, DirectoryInfo directory, int port, string version)
    {
        _process = process;
        _directory = directory;
        Port = port;
        Version = version;
    }

    /// <summary>Its UDP port.</summary>
    public int Port { get; }

    /// <summary>What it calls itself.</summary>
    public string Version { get; }

    /// <summary>Starts it; it listens when the task is done.</summary>
    public static async Task<StunServer> StartAsync()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("parley");
        int port = FreePort();
        ForeignProcess process = ForeignProcess.Start(
            "turnserver",
            [
                "-n", "--stun-only", "--listening-ip=127.0.0.1", $"--listening-port={port}", "--no-tls", "--no-dtls", "--no-cli",
                "--no-tcp", "--log-file=stdout",
                "--verbose", $"--pidfile={Path.Combine(directory.FullName, "pid")}", $"--userdb={Path.Combine(directory.FullName, "db")}",
            ],
            directory.FullName);
        string line = await process.WaitForLineAsync("Version Coturn");
        await process.WaitForLineAsync($"UDP listener opened on: 127.0.0.1:{port}");
        return new StunServer(
            process, directory, port, line[line.IndexOf("Coturn-", StringComparison.Ordinal)..].Split(' ')[0]["Coturn-".Length..]);
    }

    /// <summary>A UDP port of 127.0.0.1 on which nobody listens.</summary>
    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _directory.Delete(recursive: true);
    }
}
