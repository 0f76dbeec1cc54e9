using Microsoft.Extensions.Logging;
using Parley.Net;
using Parley.Simulation;

namespace Parley.Fuzz.Targets;

/// <summary>
/// Two connections in a world of their own. Whatever is logged as an error is a finding: the loop has caught an exception.
/// </summary>
internal sealed class SimulatedCall : ILoggerFactory, ILogger
{
    private readonly List<string> _errors = [];

    public SimulatedCall(Func<INetwork, INetwork>? network = null)
    {
        var configuration = new PeerConnectionConfiguration { Certificates = [DtlsPair.Certificate] };
        var previous = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(World.Context);
        Alice = new PeerConnection(configuration, PlatformOf("10.0.0.1", null), this);
        Bob = new PeerConnection(configuration, PlatformOf("10.0.0.2", network), this);
        SynchronizationContext.SetSynchronizationContext(previous);
    }

    public Simulator World { get; } = new(1);

    public PeerConnection Alice { get; }

    public PeerConnection Bob { get; }

    public void Run(Func<Task> scenario)
    {
        World.Run(scenario, TimeSpan.FromSeconds(120));
        if (_errors.Count > 0)
        {
            throw new InvalidDataException(string.Join("\n", _errors));
        }
    }

    public void Dispose()
    {
        Alice.Close();
        Bob.Close();
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Error)
        {
            _errors.Add(formatter(state, exception) + exception);
        }
    }

    private Platform PlatformOf(string address, Func<INetwork, INetwork>? network)
    {
        var platform = World.AddHost(address, address).Platform;
        return network is null ? platform : platform with { Network = network(platform.Network) };
    }
}
