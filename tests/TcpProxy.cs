using System.Net;
using System.Net.Sockets;

namespace Parley;

/// <summary>
/// A TCP proxy between a client and a server of the same machine, which a test uses as a network that fails. Compiled into the projects
/// that need it.
/// </summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<(Socket Client, Socket Server)> _links = [];
    private readonly List<Task> _work = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly IPEndPoint _server;
    private readonly Socket _listener;
    private TaskCompletionSource _open = Opened();
    private int _accepted;

    /// <summary>A proxy in front of a server.</summary>
    public TcpProxy(Uri server)
    {
        _server = new IPEndPoint(IPAddress.Loopback, server.Port);
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _work.Add(AcceptAsync());
    }

    /// <summary>Where the client goes.</summary>
    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}/");

    /// <summary>How many connections came so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>The interface is down: connections stay, new ones too, and nothing passes.</summary>
    public void Stall()
    {
        lock (_lock)
        {
            if (_open.Task.IsCompleted)
            {
                _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    /// <summary>The interface is up again.</summary>
    public void Resume()
    {
        lock (_lock)
        {
            _open.TrySetResult();
        }
    }

    /// <summary>All connections there are break, as when an address changes; the next ones are served.</summary>
    public void Cut()
    {
        lock (_lock)
        {
            foreach ((Socket client, Socket server) in _links)
            {
                Reset(client);
                Reset(server);
            }

            _links.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Dispose();
        Cut();
        await Task.WhenAll(_work);
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        open.SetResult();
        return open;
    }

    // Without waiting for what was sent: the other end gets a reset. Any number of times.
    private static void Reset(Socket socket) => socket.Close(0);

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptAsync(_ending.Token);
                Interlocked.Increment(ref _accepted);
                _work.Add(LinkAsync(client));
            }
        }
        catch (Exception exception) when (IsEnd(exception))
        {
        }
    }

    private async Task LinkAsync(Socket client)
    {
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        try
        {
            await PassAsync();
            await server.ConnectAsync(_server, _ending.Token);
            lock (_lock)
            {
                _links.Add((client, server));
            }

            await Task.WhenAll(CopyAsync(client, server), CopyAsync(server, client));
        }
        catch (Exception exception) when (IsEnd(exception))
        {
        }
        finally
        {
            Reset(client);
            Reset(server);
        }
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        byte[] buffer = new byte[16 * 1024];
        while (true)
        {
            int read = await from.ReceiveAsync(buffer, _ending.Token);
            await PassAsync();
            if (read == 0)
            {
                to.Shutdown(SocketShutdown.Send);
                return;
            }

            for (int sent = 0; sent < read;)
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), _ending.Token);
            }
        }
    }

    private Task PassAsync()
    {
        lock (_lock)
        {
            return _open.Task.WaitAsync(_ending.Token);
        }
    }

    private static bool IsEnd(Exception exception) => exception is SocketException or OperationCanceledException or ObjectDisposedException;
}
