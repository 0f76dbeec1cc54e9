using Microsoft.Extensions.Logging;

namespace Parley.Signaling.Tests;

/// <summary>
/// Throws where a warning is logged, in the middle of what the client does; keeps the exceptions that are logged as errors.
/// </summary>
internal sealed class FailingLog : ILoggerFactory, ILogger
{
    public List<Exception> Errors { get; } = [];

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
        if (logLevel == LogLevel.Error && exception is not null)
        {
            Errors.Add(exception);
        }
        else if (logLevel == LogLevel.Warning)
        {
            throw new NotSupportedException("Injected.");
        }
    }

    public void Dispose()
    {
    }
}
