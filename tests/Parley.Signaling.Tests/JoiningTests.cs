using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Parley.Signaling.Tests;

/// <summary>The request that joins: its address, its headers, and what is never told of them.</summary>
public sealed class JoiningTests
{
    private const string Secret = "s3cret";

    [Theory]
    [InlineData("http://$", "GET /rooms/a%20room?session=new ")]
    [InlineData("http://$/", "GET /rooms/a%20room?session=new ")]
    [InlineData("http://$/calls", "GET /calls/rooms/a%20room?session=new ")]
    [InlineData("ws://$/calls/v1/?tenant=7&x=a%26b", "GET /calls/v1/rooms/a%20room?tenant=7&x=a%26b&session=new ")]
    [InlineData("http://$/?room=other&name=Eve&session=resume", "GET /rooms/a%20room?room=other&session=new ")]
    public async Task Address_PathAndQuery_AreKept(string server, string expected)
    {
        string request = await RequestAsync(server, new SignalingClientOptions());

        Assert.StartsWith(expected, request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HeadersAndToken_AreSent()
    {
        var options = new SignalingClientOptions { Name = "Ada & Co", AccessToken = Secret, Headers = { ["X-Tenant"] = "seven" } };

        string request = await RequestAsync("http://$/?access_token=query", options);

        Assert.StartsWith("GET /rooms/a%20room?access_token=query&name=Ada%20%26%20Co&session=new ", request, StringComparison.Ordinal);
        Assert.Contains($"\r\nAuthorization: Bearer {Secret}\r\n", request, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Tenant: seven\r\n", request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("401 Unauthorized")]
    [InlineData("404 Not Found")]
    [InlineData("200 OK")]
    public async Task Refused_ErrorAndLog_HoldNoSecret(string answer)
    {
        var log = new Logged();
        var options = new SignalingClientOptions { AccessToken = Secret, Headers = { ["X-Key"] = Secret }, LoggerFactory = log };
        using TcpListener listener = Listen(out string host);
        Task<string> answering = AnswerAsync(listener, answer);

        SignalingException exception = await Assert.ThrowsAsync<SignalingException>(
            () => SignalingClient.JoinAsync(new Uri($"http://user:{Secret}@{host}/p?access_token={Secret}"), "demo", options));

        Assert.Contains(Secret, await answering, StringComparison.Ordinal);
        Assert.Contains($"http://{host}/p", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, exception + log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\r\nX-Evil: b")]
    [InlineData("a\u00FCb")]
    public async Task Header_ThatCannotBeSent_IsRefusedWithoutItsValue(string value)
    {
        var options = new SignalingClientOptions { AccessToken = value };

        ArgumentException exception = await Assert.ThrowsAsync<ArgumentException>(() =>
            SignalingClient.JoinAsync(new Uri("http://127.0.0.1:1"), "demo", options));

        Assert.Contains("Authorization", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(value, exception.ToString(), StringComparison.Ordinal);
    }

    private static async Task<string> RequestAsync(string server, SignalingClientOptions options)
    {
        using TcpListener listener = Listen(out string host);
        Task<string> answering = AnswerAsync(listener, "503 Service Unavailable");
        await Assert.ThrowsAsync<SignalingException>(
            () => SignalingClient.JoinAsync(new Uri(server.Replace("$", host, StringComparison.Ordinal)), "a room", options));
        return await answering;
    }

    private static TcpListener Listen(out string host)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        host = $"{listener.LocalEndpoint}";
        return listener;
    }

    private static async Task<string> AnswerAsync(TcpListener listener, string answer)
    {
        using Socket socket = await listener.AcceptSocketAsync();
        byte[] buffer = new byte[8192];
        string request = "";
        while (!request.EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            request += Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer));
        }

        await socket.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
        return request;
    }

    private sealed class Logged : ILoggerFactory, ILogger
    {
        private readonly StringBuilder _text = new();

        public string Text
        {
            get
            {
                lock (_text)
                {
                    return _text.ToString();
                }
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_text)
            {
                _text.Append(formatter(state, exception)).Append(exception).AppendLine();
            }
        }

        public void Dispose()
        {
        }
    }
}
